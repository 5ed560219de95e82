"""Every queue has a worker, whatever the machine."""

from pathlib import Path

import pytest

from dam.core.tasks import QUEUES
from dam.embedded import processes

BASE_DIR = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize("cores", [1, 2, 4, 5, 64])
def test_every_queue_has_exactly_one_worker(cores: int) -> None:
    served = [queue for queues in processes.worker_queues(cores) for queue in queues]
    assert sorted(served) == sorted(QUEUES)


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_a_generation_never_holds_up_another_queue(cores: int) -> None:
    assert ("gpu",) in processes.worker_queues(cores)


def sharing(queue: str, *, cores: int) -> set[str]:
    """The queues that wait for one another with this one, and itself."""
    return next(set(queues) for queues in processes.worker_queues(cores) if queue in queues)


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_a_proxy_of_hours_never_holds_up_another_queue(cores: int) -> None:
    assert sharing("transcode", cores=cores) == {"transcode"}


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_a_search_waits_for_embeddings_alone(cores: int) -> None:
    assert sharing("index", cores=cores) == {"index"}


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_uploads_and_public_checks_wait_for_nothing_else_and_not_for_each_other(cores: int) -> None:
    assert sharing("check", cores=cores) == {"check"}
    assert sharing("verify", cores=cores) == {"verify"}


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_visual_search_of_one_clip_never_waits_for_hours_of_listening_to_another(cores: int) -> None:
    assert sharing("footage", cores=cores) == {"footage"}
    assert sharing("recognition", cores=cores) == {"recognition"}


def test_a_small_machine_runs_eight_workers() -> None:
    assert [process.name for process in processes.plan(host="::1", port=1, cores=2)] == [
        "web",
        "gpu",
        "check",
        "verify",
        "transcode",
        "footage",
        "recognition",
        "index",
        "media-sign-default",
    ]


def test_slow_work_gives_way_to_quick_work() -> None:
    commands = {each.name: each.command for each in processes.plan(host="::1", port=1, cores=2)}
    assert commands["transcode"].startswith("exec nice -n 10 ")
    assert commands["footage"].startswith("exec nice -n 10 ")
    assert commands["recognition"].startswith("exec nice -n 10 ")
    assert "nice" not in commands["web"] + commands["check"] + commands["verify"] + commands["index"]


def test_a_path_with_spaces_survives_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/home/a b/python")
    web = processes.plan(host="::1", port=1, cores=2)[0]
    assert web.command.startswith("exec '/home/a b/python' -m uvicorn")


def test_reloading_starts_the_web_process_again_by_itself_and_the_workers_by_a_watcher() -> None:
    web, *workers = processes.plan(host="::1", port=1, cores=2, reload=True)
    assert "--reload --reload-dir=dam" in web.command
    assert all("-m dam.embedded.autoreload dam provenance generation -- " in each.command for each in workers)


def test_connections_are_bounded_wherever_the_web_process_is_started() -> None:
    image = (BASE_DIR / "docker" / "Dockerfile").read_text().replace('", "', " ")
    for command in (processes.plan(host="::1", port=1, cores=2)[0].command, image):
        assert "--http dam.web.connections:Connection --ws none" in command


def test_nothing_reloads_unless_it_is_asked_to() -> None:
    assert not any("reload" in each.command for each in processes.plan(host="::1", port=1, cores=2))


def test_what_reloads_is_all_the_code_there_is() -> None:
    assert set(processes.PACKAGES) == {path.parent.name for path in BASE_DIR.glob("*/apps.py")}
