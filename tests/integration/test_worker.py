"""The worker that integration tests use is a real one, on the test database."""

from collections.abc import Callable

from celery.app.control import Inspect

from dam.celery import app
from dam.core.tasks import QUEUES, queue_of


def ask() -> Inspect:
    return app.control.inspect(timeout=10, limit=1)


def test_it_serves_every_queue(live_worker: None) -> None:
    (served,) = (ask().active_queues() or {}).values()
    assert {queue["name"] for queue in served} == set(QUEUES)


def test_every_task_it_knows_is_named_after_a_queue(live_worker: None) -> None:
    (known,) = (ask().registered() or {}).values()
    assert known
    assert all(queue_of(name) in QUEUES for name in known)


def test_it_runs_what_is_sent(live_worker: None, wait_until: Callable[..., None]) -> None:
    app.send_task("default.recover_jobs", queue="default")
    wait_until(lambda: runs_of("default.recover_jobs") == 1)


def runs_of(task_name: str) -> int:
    (stats,) = (ask().stats() or {}).values()
    return int(stats["total"].get(task_name, 0))
