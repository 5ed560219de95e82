"""Cuts: put together by hand, made by a worker, signed with their pieces, and bound by their rights."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import DeclaredOrigin, Origin, Version
from dam.core import storage, tasks
from dam.ingest import disk_space
from dam.media import cut_files
from dam.media.presets import Shape
from dam.media.probe import MediaInfo
from dam.rights import making
from dam.rights.models import InheritedTerms, Relation, RightsRecord
from generation.cuts import drafts, plans, work, worker
from generation.cuts.drafts import CutMoved
from generation.cuts.plans import CutRefused, Settings
from generation.models import Cut
from generation.states import CutState
from provenance.manifests import verify
from tests.factories import BrandFactory, member
from tests.integration.generation.test_sources import taken
from tests.media_factory import movie
from tests.still_factory import still

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Any) -> None:
    settings.STORAGE = str(tmp_path / "storage")
    settings.SCRATCH_DIR = tmp_path / "scratch"


@pytest.fixture
def films(tmp_path: Path, creator: Member) -> list[Version]:
    made = [
        movie(tmp_path / f"{frames}.mp4", frames=frames, rate=Fraction(25), sound=True) for frames in (30, 40)
    ]
    return [taken(path, by=creator, title=path.stem) for path in made]


def draft(versions: Sequence[Version], by: Member, **settings: Any) -> Cut:
    cut = drafts.create(by=by, versions=versions)
    pieces = list(plans.read_pieces(cut.pieces))
    drafts.change(
        cut, by=by, revision=0, title="Spring", pieces=pieces, settings=replace(Settings(), **settings)
    )
    return cut


def made(cut: Cut, by: Member) -> Version:
    work.start(cut, by=by)
    worker.run(str(cut.pk))
    cut.refresh_from_db()
    assert cut.version is not None, cut.reason
    return cut.version


def reload(cut: Cut) -> Cut:
    return Cut.objects.get(pk=cut.pk)


def test_an_image_of_odd_sides_begins_a_cut(tmp_path: Path, creator: Member) -> None:
    card = taken(still(tmp_path / "card.png", size=(101, 67)), by=creator, title="Card")
    version = made(draft([card], creator), creator)
    info = MediaInfo.from_json(version.media_info)
    assert (info.width, info.height, info.frame_count) == (100, 66, 75)


def test_room_is_asked_for_all_sound_of_its_films(
    films: list[Version], creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(disk_space, "require_copy", asked.append)
    made(draft(films, creator), creator)
    seconds = Fraction(30 + 40, 25)
    assert any(size >= 2 * seconds * 48_000 * 2 * 2 for size in asked)


def test_a_cut_becomes_a_clip_that_contains_its_pieces(films: list[Version], creator: Member) -> None:
    version = made(draft(films, creator), creator)
    assert (version.asset.title, version.frame_count, version.origin) == ("Spring", 70, Origin.UPLOADED)
    assert version.declared_origin == DeclaredOrigin.COMPOSITE
    links = making.links(version, by=creator)
    assert {link.record.source_id: link.record.relation for link in links} == {
        each.pk: Relation.COMPONENT for each in films
    }
    with storage.local_copy(version.storage_key) as path:
        report = verify.check(path)
    assert report.active is not None
    assert list(report.active.ingredients) == ["30", "40"]


def test_the_origin_of_a_cut_is_told(films: list[Version], creator: Member, client: Client) -> None:
    version = made(draft(films, creator), creator)
    client.force_login(creator.user)
    page = client.get(reverse("asset-origin", args=[creator.brand.slug, version.asset_id])).content.decode()
    assert "from 2 pieces" in page


def test_one_clip_that_is_trimmed_is_its_parent(films: list[Version], creator: Member) -> None:
    cut = drafts.create(by=creator, versions=films[:1])
    (piece,) = plans.read_pieces(cut.pieces)
    pieces, settings = [replace(piece, first=5, end=15)], replace(Settings(), shape=Shape.SQUARE.value)
    drafts.change(cut, by=creator, revision=0, title="Short", pieces=pieces, settings=settings)
    version = made(cut, creator)
    assert (version.frame_count, version.width, version.height) == (10, 80, 80)
    (link,) = making.links(version, by=creator)
    assert link.record.relation == Relation.PARENT


def test_a_cut_may_do_only_what_all_its_pieces_and_its_sound_may(
    films: list[Version], tmp_path: Path, creator: Member
) -> None:
    sound = taken(
        movie(tmp_path / "song.m4a", frames=50, sound=True, picture=False, format="ipod"), by=creator
    )
    until = timezone.now() + timedelta(days=9)
    RightsRecord.objects.filter(version=sound).update(embargo_until=until)
    version = made(draft(films, creator, bed=drafts.used(sound), level=50), creator)
    assert InheritedTerms.objects.get(version=version).embargo_until == until
    links = making.links(version, by=creator)
    assert sound.pk in {link.record.source_id for link in links}


def test_what_a_model_made_stays_ai_in_a_cut(films: list[Version], tmp_path: Path, creator: Member) -> None:
    Version.objects.filter(pk=films[0].pk).update(origin=Origin.GENERATED)
    assert made(draft(films, creator), creator).origin == Origin.GENERATED


def test_an_end_card_stands_at_the_end(films: list[Version], tmp_path: Path, creator: Member) -> None:
    card = taken(still(tmp_path / "card.png"), by=creator)
    assert made(draft([films[0], card], creator), creator).frame_count == 30 + 75


def test_a_piece_that_went_to_the_trash_keeps_the_cut_from_being_made(
    films: list[Version], creator: Member
) -> None:
    cut = draft(films, creator)
    films[1].asset.trashed_at = timezone.now()
    films[1].asset.save()
    with pytest.raises(CutRefused) as refused:
        work.start(cut, by=creator)
    assert refused.value.piece == 2


def test_a_piece_that_goes_while_the_cut_waits_fails_it(films: list[Version], creator: Member) -> None:
    cut = draft(films, creator)
    work.start(cut, by=creator)
    films[1].asset.trashed_at = timezone.now()
    films[1].asset.save()
    worker.run(str(cut.pk))
    assert reload(cut).state == CutState.FAILED
    assert "no longer in the library" in reload(cut).reason
    assert Event.objects.filter(verb="job.cut_failed").exists()


def test_clips_of_another_brand_are_none_of_a_cut(films: list[Version]) -> None:
    stranger = member(BrandFactory.create())
    assert drafts.find(stranger, [each.pk for each in films]) == {}


def test_a_cancelled_cut_makes_no_clip_also_when_it_is_being_made(
    films: list[Version], creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut, before = draft(films, creator), Version.objects.count()
    work.start(cut, by=creator)
    make = cut_files.make

    def cancelled_meanwhile(*args: Any, **more: Any) -> None:
        make(*args, **more)
        work.cancel(cut, by=creator)

    monkeypatch.setattr(cut_files, "make", cancelled_meanwhile)
    worker.run(str(cut.pk))
    assert reload(cut).state == CutState.CANCELLED
    assert Version.objects.count() == before
    work.edit_again(cut, by=creator)
    assert reload(cut).state == CutState.DRAFT


def test_of_two_workers_one_keeps_the_clip(
    films: list[Version], creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one is thought dead, and comes back when another has it."""
    cut, before = draft(films, creator), Version.objects.count()
    work.start(cut, by=creator)
    make = cut_files.make

    def slow(*args: Any, **more: Any) -> None:
        make(*args, **more)
        if reload(cut).attempts == 1:
            Cut.objects.filter(pk=cut.pk).update(held_until=timezone.now() - timedelta(seconds=1))
            worker.run(str(cut.pk))

    monkeypatch.setattr(cut_files, "make", slow)
    worker.run(str(cut.pk))
    assert reload(cut).state == CutState.DONE
    assert Version.objects.count() == before + 1


def test_a_cut_whose_worker_died_is_sent_again_and_not_for_ever(
    films: list[Version], creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def offer(task: str, *, cut_id: str) -> bool:
        sent.append(cut_id)
        return True

    monkeypatch.setattr(tasks, "offer", offer)
    cut = draft(films, creator)
    work.start(cut, by=creator)
    for _attempt in range(work.MOST_ATTEMPTS):
        assert work.claim(cut.pk, token="dead", at=timezone.now()) is not None
        Cut.objects.filter(pk=cut.pk).update(held_until=timezone.now() - timedelta(seconds=1), due_at=None)
        work.recover()
    assert sent == [str(cut.pk)] * (work.MOST_ATTEMPTS - 1)
    assert reload(cut).state == CutState.FAILED
    assert "stopped 3 times" in reload(cut).reason


def test_a_draft_is_changed_at_the_revision_that_was_seen(films: list[Version], creator: Member) -> None:
    cut = draft(films, creator)
    with pytest.raises(CutMoved):
        drafts.change(cut, by=creator, revision=0, title="Late", pieces=[], settings=Settings())
    work.start(cut, by=creator)
    with pytest.raises(CutMoved):
        drafts.change(cut, by=creator, revision=1, title="Later", pieces=[], settings=Settings())


def test_a_cut_is_ten_minutes_and_twenty_pieces_at_most(films: list[Version], creator: Member) -> None:
    with pytest.raises(CutRefused):
        drafts.create(by=creator, versions=films * 11)
    info = MediaInfo.from_json(films[0].media_info)
    long = replace(drafts.piece(films[0]), milliseconds=60_000)
    plans.outcome([long] * 10, [info] * 10, Settings())
    with pytest.raises(CutRefused):
        plans.outcome([long] * 11, [info] * 11, Settings())
