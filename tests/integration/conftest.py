"""Searches that nobody answers wait no longer than a test needs."""

import pytest

from dam.search import query_embedding


@pytest.fixture(autouse=True)
def _little_patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a live worker no search by words is answered, and each would wait for it in vain."""
    if "live_worker" not in request.fixturenames:
        monkeypatch.setattr(query_embedding, "PATIENCE_SECONDS", 0.01)
