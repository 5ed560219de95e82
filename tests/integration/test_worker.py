"""The worker that integration tests use is a real one, on the test database."""

from collections.abc import Callable

import pytest
import redis
from celery.app.control import Inspect
from django.conf import settings
from django.test import Client

from dam.celery import app
from dam.core import workers
from dam.core.tasks import QUEUES, queue_of


def inspect() -> Inspect:
    return app.control.inspect(timeout=60, limit=1)


def test_it_serves_every_queue(live_worker: None) -> None:
    (served,) = (inspect().active_queues() or {}).values()
    assert {queue["name"] for queue in served} == set(QUEUES)


def test_every_task_it_knows_is_named_after_a_queue(live_worker: None) -> None:
    (known,) = (inspect().registered() or {}).values()
    assert known
    assert all(queue_of(name) in QUEUES for name in known)


def test_it_runs_what_is_sent(live_worker: None, wait_until: Callable[..., None]) -> None:
    before = runs_of("default.recover_jobs")
    app.send_task("default.recover_jobs", queue="default")
    wait_until(lambda: runs_of("default.recover_jobs") == before + 1)


@pytest.mark.parametrize(
    "rubbish",
    [b"no JSON", b"\xff\xfe", b"[]", b"{}", b'{"body": "x"}', b'{"body": "e30=", "properties": {}}'],
)
def test_a_message_that_cannot_be_read_stops_nothing(
    live_worker: None, wait_until: Callable[..., None], rubbish: bytes
) -> None:
    before = runs_of("default.recover_jobs")
    with redis.Redis.from_url(settings.CACHE_URL) as server:
        server.lpush("default", rubbish)
    app.send_task("default.recover_jobs", queue="default")
    wait_until(lambda: runs_of("default.recover_jobs") == before + 1)


def runs_of(task_name: str) -> int:
    (stats,) = (inspect().stats() or {}).values()
    return int(stats["total"].get(task_name, 0))


def test_it_answers_to_the_names_of_0_1(live_worker: None) -> None:
    """A broker that was left with them would else have each reported as an error after an update."""
    (known,) = (inspect().registered() or {}).values()
    earlier = {"media.take_upload", "media.poster", "media.sprite", "media.proxy", "sign.verify_submission"}
    assert earlier <= set(known)


def test_readiness_tells_which_queues_are_served(
    live_worker: None, client: Client, wait_until: Callable[..., None]
) -> None:
    wait_until(lambda: client.get("/readyz").status_code == 200)
    assert client.get("/readyz").json()["queues"] == dict.fromkeys(QUEUES, True)
    with redis.Redis.from_url(settings.CACHE_URL) as server:
        server.delete("reelproof:served:check")  # as after a while without its worker
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["queues"]["check"]) == (503, False)
    wait_until(lambda: client.get("/readyz").status_code == 200)  # it says so again


def test_readiness_without_a_broker_says_so(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "served", lambda: None)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"], answer.json()["database"]) == (503, False, True)


@pytest.mark.usefixtures("_worker")
def test_the_worker_of_the_tests_takes_nothing_from_a_test_that_did_not_ask_for_it() -> None:
    (queues,) = (inspect().active_queues() or {}).values()
    assert queues == []
