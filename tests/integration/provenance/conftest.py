import pytest


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """No task is sent: what would work on it, such as signing, isn't there or has no file."""
    monkeypatch.setattr("dam.celery.app.send_task", lambda *args, **kwargs: None)
