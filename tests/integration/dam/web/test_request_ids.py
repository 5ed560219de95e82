"""Each request has an id that its answer, its log lines, its tasks and its error page tell."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dam.core import log_context, queues, tasks, workers

pytestmark = pytest.mark.django_db


def test_an_id_from_the_proxy_comes_back() -> None:
    answer = Client().get(reverse("healthz"), headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"


def test_one_that_is_none_is_replaced_by_ours() -> None:
    answer = Client().get(reverse("healthz"), headers={"X-Request-ID": "a b;c\tdefgh"})
    assert len(answer.headers["X-Request-ID"]) == 32
    assert log_context.request_id() == ""


def test_the_error_page_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("django.db.connection.cursor", broken)
    client = Client(raise_request_exception=False)
    answer = client.get(reverse("healthz"), headers={"X-Request-ID": "shown-to-a-person"})
    assert answer.status_code == 500
    assert "Reference: shown-to-a-person" in answer.content.decode()


def test_a_task_carries_it_and_the_queue_knows_how_long_it_waits(servers: None) -> None:
    from dam.celery import app

    app.control.purge()
    with log_context.about(request_id="asked-by-a-page"):
        tasks.send("verify.nothing", value=1)
    found = queues.all_of_them()
    assert found is not None
    (waiting,) = [queue for queue in found if queue.depth]
    assert waiting.name == "verify"
    assert waiting.oldest is not None
    assert 0 <= waiting.oldest < 60
    with app.connection_for_read() as connection:
        message = connection.SimpleQueue("verify").get(block=False)
        assert message.headers["request_id"] == "asked-by-a-page"
        message.ack()


def test_a_broker_that_is_away_is_no_empty_queue(settings: Any) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    try:
        assert queues.all_of_them() is None
    finally:
        queues._breaker.worked()


def test_a_worker_says_what_it_does(servers: None) -> None:
    doing = workers.Doing("transcode.render", "task-1", 1000.0)
    heartbeat = workers.Heartbeat(lambda: (doing,))
    heartbeat.name, heartbeat.queues = "transcode@here", ("transcode",)
    heartbeat.beat()
    known = workers.known()
    assert known is not None
    (worker,) = [each for each in known if each.name == "transcode@here"]
    assert (worker.queues, worker.doing) == (("transcode",), (doing,))


def test_a_json_line_for_each_request_names_no_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="dam.web.requests")
    Client().get(reverse("healthz") + "?q=secret")
    (record,) = caplog.records
    fields: Any = record.__dict__["fields"]
    assert (fields["route"], fields["status"]) == ("healthz", 200)
    assert "secret" not in json.dumps(fields) + record.getMessage()
