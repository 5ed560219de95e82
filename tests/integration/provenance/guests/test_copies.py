"""What a guest watches is made once, by whichever worker lives, and goes when the link ends."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.urls import reverse
from django.utils import timezone

from dam.audit.models import Event
from dam.catalog import stored_files
from dam.catalog.models import Rendition, RenditionKind
from dam.core import storage
from dam.ingest import holding
from dam.media import marking, runner
from dam.media.errors import MediaFailed
from provenance.guests import copies, links, tending
from provenance.guests.models import CopyState, GuestLink, MarkedCopy
from provenance.manifests import signing, verify
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.validation_codes import State
from tests import media_factory, rubric
from tests.integration.provenance.guests.conftest import Outside, inside

pytestmark = pytest.mark.django_db


def test_a_copy_is_made_of_the_proxy_and_streamed_to_its_guest(outside: Outside, waiting: MarkedCopy) -> None:
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.progress, waiting.reason) == (CopyState.READY, 100, "")
    proxy = Rendition.objects.get(kind=RenditionKind.PROXY)
    assert waiting.sha256 != proxy.sha256
    with storage.local_copy(waiting.storage_key) as path, storage.local_copy(proxy.storage_key) as of:
        assert runner.probe(path).frame_count == runner.probe(of).frame_count
    client = inside(outside.link)
    part = client.get(reverse("guest-video", args=[outside.link.key]), headers={"Range": "bytes=0-3"})
    assert (part.status_code, part["Cache-Control"]) == (206, "private, no-cache")
    assert "Content-Disposition" not in part
    assert outside.link.sessions.get().played_at is not None


def test_the_words_are_in_the_picture(waiting: MarkedCopy, tmp_path: Path) -> None:
    plain, marked = media_factory.movie(tmp_path / "plain.mp4"), tmp_path / "marked.mp4"
    marking.make(plain, marked, lines=["Ada", "ada@agency.example"], told=lambda done: None)
    one, other = (
        runner.frame(path, info=runner.probe(path), index=2, max_side=128) for path in (plain, marked)
    )
    assert abs(one.rgb.astype(int) - other.rgb.astype(int)).mean() > 1


def test_a_file_is_downloaded_where_the_link_says_so_and_it_is_an_event(
    outside: Outside, waiting: MarkedCopy
) -> None:
    GuestLink.objects.update(may_download=True)
    master_of(outside)
    copies.run(waiting.pk)
    answer = inside(outside.link).get(reverse("guest-file", args=[outside.link.key]))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert Event.objects.filter(verb="guest.downloaded").count() == 1


def master_of(outside: Outside) -> None:
    """The version's master, in storage."""
    version = outside.link.version
    with storage.scratch() as folder:
        media_factory.movie(folder / "master.mp4", width=256, height=160)
        stored = storage.put(folder / "master.mp4", brand_id=version.brand_id, suffix=".mp4")
    type(version).objects.filter(pk=version.pk).update(
        storage_key=stored.key, size=stored.size, media_info={"width": 256}
    )


def test_what_can_be_downloaded_is_signed_and_names_no_approval(
    outside: Outside, waiting: MarkedCopy, settings: Any, tmp_path: Path
) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"
    GuestLink.objects.update(may_download=True)
    master_of(outside)
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    with storage.local_copy(waiting.storage_key) as path:
        report = verify.check(path)
        assert rubric.broken(path) == []
        assert outside.link.email.encode() not in path.read_bytes()
    assert (report.state, report.review) == (State.TRUSTED, None)
    assert report.active is not None
    assert [action.code for action in report.active.actions] == [
        "c2pa.opened",
        "c2pa.resized.proportional",
        "c2pa.addedText",
        "c2pa.transcoded",
    ]
    assert report.active.signer.name == "Reelproof generator (development)"


def test_what_cannot_be_signed_is_not_downloaded(
    outside: Outside, waiting: MarkedCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    GuestLink.objects.update(may_download=True)
    master_of(outside)
    monkeypatch.setattr(signing, "sign_review_copy", Mock(side_effect=SigningFailed("It can't be signed.")))
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == (CopyState.FAILED, "It can't be signed.")


def test_what_is_only_watched_needs_no_signature(
    waiting: MarkedCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "sign_review_copy", Mock(side_effect=AssertionError))
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == CopyState.READY


def test_a_killed_workers_copy_is_made_by_the_next_and_kept_once(
    outside: Outside, waiting: MarkedCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    def offer(_name: str, *, copy_id: int) -> bool:
        sent.append(copy_id)
        return True

    monkeypatch.setattr(tending, "offer", offer)
    at = timezone.now()
    dead = copies._claim(waiting.pk, token="dead", at=at)
    assert dead is not None
    assert copies._claim(waiting.pk, token="second", at=at) is None
    tending.run(at=at)
    assert sent == []
    MarkedCopy.objects.update(due_at=None)
    later = at + holding.HELD + timedelta(seconds=1)
    tending.run(at=later)
    assert sent == [waiting.pk]
    MarkedCopy.objects.update(held_until=at)
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == CopyState.READY
    with pytest.raises(copies.Lost):
        copies._end(dead, state=CopyState.FAILED)


def test_a_copy_that_kills_its_workers_is_given_up_and_made_again_when_asked(
    outside: Outside, waiting: MarkedCopy
) -> None:
    at = timezone.now()
    MarkedCopy.objects.update(state=CopyState.RUNNING, attempts=copies.MOST_ATTEMPTS, held_until=at)
    tending.run(at=at + timedelta(seconds=1))
    waiting.refresh_from_db()
    assert waiting.state == CopyState.FAILED
    page = inside(outside.link).get(reverse("guest-room", args=[outside.link.key])).content.decode()
    assert "prepared" in page
    assert copies.again(waiting, at=at)
    assert not copies.again(waiting, at=at)


def test_a_failure_is_said_in_words_and_no_unmarked_file_takes_its_place(
    outside: Outside, waiting: MarkedCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_named: Any) -> None:
        raise MediaFailed("The video couldn't be converted.")

    monkeypatch.setattr(marking, "make", broken)
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == (CopyState.FAILED, "The video couldn't be converted.")
    assert inside(outside.link).get(reverse("guest-video", args=[outside.link.key])).status_code == 404


def test_a_link_that_ends_while_its_copy_is_made_leaves_no_file(
    outside: Outside, waiting: MarkedCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = marking.make
    made: list[storage.Stored] = []

    def ends_meanwhile(*args: Any, **named: Any) -> marking.Marked:
        done = make(*args, **named)
        links.revoke(outside.link, by=outside.case.creator)
        tending.run()
        return done

    put: Callable[..., storage.Stored] = storage.put

    def keep(*args: Any, **named: Any) -> storage.Stored:
        made.append(put(*args, **named))
        return made[-1]

    monkeypatch.setattr(marking, "make", ends_meanwhile)
    monkeypatch.setattr(storage, "put", keep)
    copies.run(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == CopyState.CLEARED
    assert not storage.exists(made[0].key)


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_the_file_goes_with_its_link(outside: Outside, waiting: MarkedCopy, how: str) -> None:
    copies.run(waiting.pk)
    key = MarkedCopy.objects.get().storage_key
    assert stored_files.is_named(key)
    if how == "revoked":
        links.revoke(outside.link, by=outside.case.creator)
    else:
        GuestLink.objects.update(expires_at=timezone.now())
    for _ in range(2):
        tending.run()
    assert not storage.exists(key)
    assert Event.objects.filter(verb="guest.expired").count() == (how == "expired")
    assert GuestLink.objects.get().ended_at is not None
