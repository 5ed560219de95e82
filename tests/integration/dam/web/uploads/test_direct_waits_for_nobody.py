"""Parts that go straight to the bucket: nobody waits for a store that hangs, and no part is lost over it."""

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from dam.accounts.models import Brand
from dam.core import storage
from dam.core.storage import PART_BYTES, s3
from dam.ingest import cleanup, direct, recovery, retention, uploads
from dam.ingest.models import Upload, UploadState
from tests import s3_server as server
from tests.integration.dam.web.uploads.direct import HEAD, announce, ask, look, place, send_all

FILE = HEAD + bytes(2 * PART_BYTES)  # two parts, and eight bytes more
HOUR = timedelta(hours=1, minutes=1)
HELD_SECONDS = 5.0
at_once = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bucket(settings: Any, s3_server: str, request: pytest.FixtureRequest) -> None:
    settings.S3_ENDPOINT_URL = settings.S3_PUBLIC_URL = s3_server
    settings.S3_REGION = "us-east-1"
    settings.STORAGE = f"s3://{server.BUCKET}/{request.node.name}"


@contextmanager
def held(upload: Upload) -> Iterator[None]:
    """Another request is at it, and waits for the store. Fails where somebody waits for that one."""
    at_it, enough = threading.Event(), threading.Event()
    waited = []

    def other() -> None:
        with transaction.atomic():
            Upload.objects.select_for_update().get(pk=upload.pk)
            at_it.set()
            waited.append(not enough.wait(HELD_SECONDS))
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert at_it.wait(30)
    try:
        yield
    finally:
        enough.set()
        thread.join(30)
    assert waited == [False]


def make_old(upload: Upload, by: timedelta = HOUR) -> None:
    """As though nothing had come of it for so long."""
    Upload.objects.filter(pk=upload.pk).update(updated_at=timezone.now() - by)


def state_of(upload: Upload) -> str:
    return Upload.objects.get(pk=upload.pk).state


def away(monkeypatch: pytest.MonkeyPatch, problem: OSError) -> list[str]:
    """The store raises that for whatever lies there; the keys it was asked for."""
    asked: list[str] = []

    def raise_it(key: str, *_: object, **__: object) -> None:
        asked.append(key)
        raise problem

    monkeypatch.setattr(storage, "direct_parts", raise_it)
    return asked


def test_work_is_sent_again_without_asking_the_store(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = announce(browser, FILE)
    place(browser, upload, 3, FILE)
    asked = away(monkeypatch, storage.Unavailable("It hangs."))
    recovery.run(at=timezone.now() + timedelta(minutes=5))
    assert asked == []
    schedule = django_settings.CELERY_BEAT_SCHEDULE["look-at-uploads"]
    assert schedule["task"] == "check.look_at_uploads"  # beside the checks, which need the store as well


def test_a_store_that_hangs_is_asked_once_a_round_and_each_upload_has_its_turn(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        place(browser, announce(browser, FILE), 3, FILE)
    asked = away(monkeypatch, storage.Unavailable("It hangs."))
    at = timezone.now() + timedelta(minutes=5)
    for seen in (1, 2, 3):
        assert direct.look_at_due(at) == 0
        assert len(set(asked)) == len(asked) == seen


def test_a_round_of_looks_ends_in_time(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1, 2, 3])
    at = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr(direct, "LOOK_SECONDS", -1)
    assert direct.look_at_due(at) == 0
    monkeypatch.undo()
    assert direct.look_at_due(at) == 1


def test_little_patience_is_had_with_small_questions() -> None:
    store = s3.S3Storage(bucket="b", prefix="", endpoint_url="http://127.0.0.1:9", region="x", public_url="")
    config = store._s3_soon.meta.config
    assert config.read_timeout * config.retries["total_max_attempts"] <= 20


@at_once
def test_looking_waits_for_no_request(browser: Client) -> None:
    busy, free = announce(browser, FILE), announce(browser, FILE)
    for upload in (busy, free):
        send_all(browser, upload, FILE, [1, 2, 3])
    at = timezone.now() + timedelta(minutes=5)
    with held(busy):
        assert direct.look_at_due(at) == 1
    assert (state_of(busy), state_of(free)) == ("receiving", "received")
    assert direct.look_at_due(at) == 1


@at_once
def test_the_address_of_the_last_part_waits_for_no_request_and_is_remembered(browser: Client) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1, 2])
    with held(upload):
        send_all(browser, upload, FILE, [3])
    assert direct.look_at_due(timezone.now() + direct.LAST_WORD) == 1


@at_once
def test_an_upload_that_somebody_is_at_is_not_given_up(browser: Client) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [1])
    make_old(upload)
    with held(upload):
        assert cleanup._abandoned_uploads(timezone.now()) == 0
    assert state_of(upload) == UploadState.RECEIVING


@at_once
def test_an_upload_that_came_through_us_and_is_written_is_not_given_up(browser: Client) -> None:
    upload = announce(browser, FILE)
    make_old(upload)
    with held(upload):
        assert cleanup._abandoned_uploads(timezone.now()) == 0
    assert state_of(upload) == UploadState.RECEIVING


def test_parts_beyond_a_gap_are_more_than_nothing(browser: Client, brand: Brand) -> None:
    upload = announce(browser, FILE)
    send_all(browser, upload, FILE, [2])
    make_old(upload)
    assert cleanup.run().uploads == 0  # looks, and sees what nobody had seen
    upload.refresh_from_db()
    assert timezone.now() - upload.updated_at < timedelta(minutes=1)
    assert retention.expires_at(upload) - upload.updated_at == timedelta(days=brand.unfinished_upload_days)
    make_old(upload)
    assert cleanup.run().uploads == 0  # it is no longer one of which nothing came
    make_old(upload, timedelta(days=brand.unfinished_upload_days, minutes=1))
    send_all(browser, upload, FILE, [3])
    make_old(upload, timedelta(days=brand.unfinished_upload_days, minutes=1))
    assert cleanup.run().uploads == 0
    make_old(upload, timedelta(days=brand.unfinished_upload_days, minutes=1))
    assert cleanup.run().uploads == 1


def test_whoever_asks_for_an_address_has_not_given_up(browser: Client) -> None:
    upload = announce(browser, FILE)
    make_old(upload, timedelta(minutes=59))
    place(browser, upload, 1, FILE)
    assert timezone.now() - Upload.objects.get().updated_at < timedelta(minutes=1)
    make_old(upload, timedelta(minutes=59))
    place(browser, upload, 1, FILE)
    assert timezone.now() - Upload.objects.get().updated_at < timedelta(minutes=1)


@at_once
def test_no_address_is_handed_out_for_what_may_be_given_up_at_this_moment(browser: Client) -> None:
    upload = announce(browser, FILE)
    place(browser, upload, 1, FILE)
    make_old(upload)
    with held(upload):
        assert ask(browser, upload, 1, FILE).status_code == 423
    make_old(upload, timedelta(minutes=1))
    with held(upload):
        assert ask(browser, upload, 1, FILE).status_code == 200


def test_what_came_since_it_was_read_is_not_dropped(browser: Client) -> None:
    upload = announce(browser, FILE)
    make_old(upload)
    read = Upload.objects.get()
    send_all(browser, upload, FILE, [1])
    assert not uploads.give_up(read)
    assert look(browser, upload)["until"] == 1


@at_once
@pytest.mark.parametrize("pooled", [True, False])
def test_the_sweep_ends_with_the_last_upload(
    browser: Client, monkeypatch: pytest.MonkeyPatch, pooled: bool
) -> None:
    """Also where connections aren't pooled (DATABASE_POOL_SIZE=0): to look gives the connection back."""
    for _ in range(3):
        upload = announce(browser, FILE)
        place(browser, upload, 1, FILE)
        make_old(upload)
    connection.close()
    try:
        if not pooled:
            monkeypatch.delitem(connection.settings_dict["OPTIONS"], "pool")
        assert cleanup.run().uploads == 3
    finally:
        connection.close()
        monkeypatch.undo()


def test_a_store_that_is_away_for_one_upload_holds_up_no_other(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, other = announce(browser, FILE), announce(browser, FILE)
    place(browser, straight, 1, FILE)
    make_old(straight, 2 * HOUR)
    make_old(other)
    away(monkeypatch, storage.Unavailable("Access denied."))
    assert cleanup.run().uploads == 1
    assert (state_of(straight), state_of(other)) == ("receiving", "cancelled")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_store_keeps_the_upload(browser: Client, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(number, "full")

    upload = announce(browser, FILE)
    monkeypatch.setattr(storage, "begin_direct", full)
    answer = ask(browser, upload, 1, FILE)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert state_of(upload) == UploadState.RECEIVING
    monkeypatch.undo()
    send_all(browser, upload, FILE, [1, 2, 3])
    assert look(browser, upload)["state"] == "received"
