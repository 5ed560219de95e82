"""Every queue has a worker, whatever the machine."""

import pytest

from dam.core.tasks import QUEUES
from dam.embedded import processes


@pytest.mark.parametrize("cores", [1, 2, 4, 5, 64])
def test_every_queue_has_exactly_one_worker(cores: int) -> None:
    served = [queue for queues in processes.worker_queues(cores) for queue in queues]
    assert sorted(served) == sorted(QUEUES)


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_a_generation_never_holds_up_another_queue(cores: int) -> None:
    assert ("gpu",) in processes.worker_queues(cores)


def test_a_small_machine_runs_two_workers() -> None:
    assert [process.name for process in processes.plan(host="::1", port=1, cores=2)] == [
        "web",
        "gpu",
        "worker",
    ]


def test_a_path_with_spaces_survives_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/home/a b/python")
    web = processes.plan(host="::1", port=1, cores=2)[0]
    assert web.command.startswith("exec '/home/a b/python' -m uvicorn")
