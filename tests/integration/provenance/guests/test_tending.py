"""What is mended by and by: pauses, lost messages, dead workers, and what nobody asks for any more."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from dam.accounts import mails
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import stored_files
from dam.catalog.models import Asset
from dam.core import storage
from dam.media import marking
from dam.operations import stored
from provenance.guests import copies, links, tasks, tending
from provenance.guests.links import GuestRefused
from provenance.guests.models import CopyState, GuestAddress, GuestLink, GuestSession, MarkedCopy
from tests.integration.provenance.guests.conftest import Outside, inside

Sent = list[tuple[str, int]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What tending sends to workers: the task, and whose."""
    seen: Sent = []

    def offer(name: str, **ids: int) -> bool:
        seen.extend((name, each) for each in ids.values())
        return True

    monkeypatch.setattr(tending, "offer", offer)
    return seen


def pause(how: str) -> Callable[[], object]:
    """Hold all links back for a while; what is returned lets them go on."""
    at = timezone.now()
    match how:
        case "off":
            Brand.objects.update(guest_reviews=False)
            return lambda: Brand.objects.update(guest_reviews=True)
        case "closed":
            Brand.objects.update(closed_at=at)
            return lambda: Brand.objects.update(closed_at=None)
    Asset.objects.update(trashed_at=at)
    return lambda: Asset.objects.update(trashed_at=None)


@pytest.mark.parametrize("how", ["off", "closed", "trashed"])
def test_a_copy_waits_while_its_link_is_held_back_and_is_made_afterwards(
    waiting: MarkedCopy, sent: Sent, how: str
) -> None:
    GuestLink.objects.update(sent_at=timezone.now())
    go_on = pause(how)
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason, waiting.attempts) == (CopyState.WAITING, "", 0)
    later = timezone.now() + timedelta(hours=1)
    tending.run(at=later)
    assert sent == []
    go_on()
    tending.run(at=later)
    assert sent == [(copies.TASK, waiting.pk)]
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == CopyState.READY


def test_a_copy_of_an_ended_link_is_given_up(outside: Outside, waiting: MarkedCopy) -> None:
    links.revoke(outside.link, by=outside.case.creator)
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == CopyState.FAILED


@pytest.mark.parametrize(
    ("how", "why"),
    [("off", "share with people outside"), ("closed", "has ended"), ("trashed", "in the trash")],
)
def test_nothing_is_sent_again_or_taken_away_while_a_link_is_held_back(
    outside: Outside, how: str, why: str
) -> None:
    inside(outside.link)
    before = GuestLink.objects.values().get()
    pause(how)
    with pytest.raises(GuestRefused, match=why):
        links.send_again(outside.link, by=outside.case.creator)
    assert GuestLink.objects.values().get() == before
    assert GuestSession.objects.filter(ends_at__gt=timezone.now()).exists()


def test_clearing_deletes_the_file_that_was_kept_since_the_row_was_read(
    outside: Outside, waiting: MarkedCopy
) -> None:
    copies.run(waiting.pk)
    key = MarkedCopy.objects.get().storage_key
    copies.clear(waiting)  # as it was read before
    assert not storage.exists(key)
    assert MarkedCopy.objects.get().state == CopyState.CLEARED


def test_a_ready_copy_without_its_file_can_be_made_again(outside: Outside, waiting: MarkedCopy) -> None:
    copies.run(waiting.pk)
    storage.delete(MarkedCopy.objects.get().storage_key)
    assert inside(outside.link).get(reverse("guest-video", args=[outside.link.key])).status_code == 404
    waiting.refresh_from_db()
    assert (waiting.state, waiting.storage_key, waiting.reason) == (CopyState.FAILED, "", copies.MISSING)
    assert copies.again(waiting, at=timezone.now())
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert storage.exists(waiting.storage_key)


def test_copies_count_among_what_the_brand_keeps(outside: Outside, waiting: MarkedCopy) -> None:
    def kept() -> list[tuple[int, int, str]]:
        rows = stored.of(outside.case.brand)
        return [(row.files, row.bytes, row.title) for row in rows if row.kind == "guest"]

    MarkedCopy.objects.update(storage_key="")
    assert kept() == []
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert kept() == [(1, waiting.size, "Copies for outside reviewers")]
    stored.fold()
    copies.clear(waiting)
    assert kept() == []
    MarkedCopy.objects.update(storage_key="some/key", size=7)
    assert [row[:2] for row in kept()] == [(1, 7)]
    GuestLink.objects.all().delete()
    assert kept() == []


@pytest.mark.parametrize("name", ["guest-video", "guest-file"])
def test_asking_for_the_head_of_a_file_is_neither_watching_nor_taking_it(
    outside: Outside, waiting: MarkedCopy, name: str
) -> None:
    copies.run(waiting.pk)
    GuestLink.objects.update(may_download=True)
    answer = inside(outside.link).head(reverse(name, args=[outside.link.key]))
    assert (answer.status_code, answer.content) == (200, b"")
    assert outside.link.sessions.get().played_at is None
    assert not Event.objects.filter(verb="guest.downloaded").exists()


def test_an_expired_link_is_noted_where_its_guest_is_asked_again_before_anything_else_is(
    outside: Outside,
) -> None:
    GuestLink.objects.update(expires_at=timezone.now())
    outside.another(email=outside.link.email)
    assert Event.objects.filter(verb="guest.expired").count() == 1
    tending.run()
    assert Event.objects.filter(verb="guest.expired").count() == 1


def test_addresses_that_asked_are_forgotten_after_a_day(outside: Outside) -> None:
    at = timezone.now()
    for name, hours in (("old", 25), ("new", 23)):
        GuestAddress.objects.create(
            browser=name, email=f"{name}@x.example", asked_at=at - timedelta(hours=hours)
        )
    tending.run(at=at)
    assert [row.email for row in GuestAddress.objects.all()] == ["new@x.example"]


def test_a_worker_that_dies_while_it_mails_a_link_leaves_it_to_the_next(
    outside: Outside, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: Any, **_named: Any) -> None:
        raise SystemExit

    at = timezone.now()
    with monkeypatch.context() as killed:
        killed.setattr(mails, "send", die)
        with pytest.raises(SystemExit):
            tasks.send_guest_link(outside.link.pk)
    tending.run(at=at + timedelta(minutes=5))
    assert sent == []
    assert GuestLink.objects.get().digest
    tending.run(at=at + timedelta(minutes=15))
    assert sent == [(links.SEND, outside.link.pk)]
    tasks.send_guest_link(outside.link.pk)
    assert GuestLink.objects.get().sent_at is not None


def test_a_mail_that_somebody_came_in_by_is_not_sent_once_more(outside: Outside, sent: Sent) -> None:
    inside(outside.link)
    at = timezone.now()
    GuestLink.objects.update(mailing_at=at - timedelta(minutes=1), sent_at=None)
    tending.run(at=at + timedelta(minutes=15))
    assert sent == []
    assert GuestLink.objects.get().sent_at is not None


def test_a_secret_that_was_shown_is_never_mailed(outside: Outside, sent: Sent) -> None:
    links.new_secret(outside.link)
    tending.run(at=timezone.now() + timedelta(hours=1))
    assert sent == []
    assert GuestLink.objects.get().digest


def test_a_mail_that_fails_takes_no_newer_secret_away(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer: list[str] = []

    def overtaken(*_args: Any, **_named: Any) -> None:
        links.send_again(outside.link, by=outside.case.creator)
        newer.append(links.new_secret(outside.link))
        raise mails.NotSent

    monkeypatch.setattr(mails, "send", overtaken)
    tasks.send_guest_link(outside.link.pk)
    assert links.of_secret(newer[0]) == outside.link
    assert GuestLink.objects.get().send_problem == ""


def test_links_to_clips_in_the_trash_keep_no_other_mail_waiting(
    outside: Outside, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tending, "AT_ONCE", 1)
    pause("trashed")
    tending.run(at=timezone.now() + timedelta(minutes=5))
    assert sent == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before", "within"])
def test_of_two_workers_with_the_same_bytes_the_one_that_lost_takes_no_file_away(
    outside: Outside, waiting: MarkedCopy, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    def same(_source: Path, out: Path, **_named: Any) -> marking.Marked:
        out.write_bytes(b"the same")
        return marking.Marked(2, 2)

    def lose() -> None:
        """What a worker does with the bytes it made when the copy has gone to another."""
        try:
            with storage.scratch() as folder:
                out = folder / "marked.mp4"
                out.write_bytes(b"the same")
                mine = storage.put(out, brand_id=outside.case.brand.pk, suffix=".mp4")
            with pytest.raises(copies.Lost):
                copies._end(dead, state=CopyState.READY)
            with transaction.atomic():
                stored_files.drop(mine, brand_id=outside.case.brand.pk)
        finally:
            connection.close()

    dead = MarkedCopy.objects.select_related("link").get(pk=waiting.pk)
    dead.claim = "dead"
    loser = threading.Thread(target=lose)
    keep, end = copies._keep, copies._end

    def keep_late(*args: Any, **named: Any) -> None:
        loser.start()
        loser.join(20)
        keep(*args, **named)

    def end_slowly(*args: Any, **named: Any) -> None:
        end(*args, **named)
        if threading.current_thread() is not loser:
            loser.start()
            loser.join(1)

    monkeypatch.setattr(marking, "make", same)
    if when == "before":
        monkeypatch.setattr(copies, "_keep", keep_late)
    else:
        monkeypatch.setattr(copies, "_end", end_slowly)
    copies.run(waiting.pk)
    loser.join(20)
    waiting.refresh_from_db()
    assert waiting.state == CopyState.READY
    assert storage.exists(waiting.storage_key)
