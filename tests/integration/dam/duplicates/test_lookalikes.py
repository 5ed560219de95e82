"""What whoever decides about a version is shown of clips that look like it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog import assets
from dam.catalog.models import Version
from dam.duplicates import finding, lookalikes, pairs
from dam.duplicates.models import NearPair
from dam.ingest.models import Step, StepState
from tests.factories import ApprovedVersionFactory, VersionFactory, member
from tests.integration.dam.duplicates.conftest import Looking


@pytest.fixture
def two(looking: Looking) -> tuple[Version, Version]:
    """A clip, and one that looks like it."""
    found = []
    for noise in (0, 6):
        version = looking(1, noise=noise, asset__title=f"Can {noise}")
        finding.look(version)
        found.append(version)
    return found[0], found[1]


def test_both_are_shown_the_other_with_the_frames_that_are_nearest(
    two: tuple[Version, Version], brand: Brand
) -> None:
    legal = member(brand, Role.LEGAL_REVIEWER)
    first, second = two
    [row] = lookalikes.shown(first, to=legal).rows
    assert (row.version, row.pair) == (second, NearPair.objects.get())
    assert row.percent >= 60
    assert row.here is not None
    assert row.there is not None
    assert (row.here.version, row.there.version) == (first, second)
    assert row.here.number in row.here.tiles["frames"]
    assert [each.version for each in lookalikes.of(second, to=legal).rows] == [first]


def test_only_what_the_reviewer_sees_is_shown_and_kept(two: tuple[Version, Version], brand: Brand) -> None:
    first, second = two
    legal = member(brand, Role.LEGAL_REVIEWER)
    assert not lookalikes.of(first, to=member(brand, Role.VIEWER)).rows  # not released
    assets.trash(second.asset, by=member(brand, Role.LIBRARIAN))
    assert lookalikes.of(first, to=legal).kept() == {"looked": False, "more": False, "found": []}


def test_that_somebody_told_them_apart_is_kept_and_hides_nothing(
    two: tuple[Version, Version], brand: Brand
) -> None:
    pairs.tell_apart(NearPair.objects.get(), by=member(brand, Role.LIBRARIAN))
    [row] = lookalikes.of(two[0], to=member(brand, Role.LEGAL_REVIEWER)).rows
    kept = row.kept()
    assert kept["marked_different"]
    assert (kept["version"], kept["sha256"]) == (str(two[1].pk), two[1].sha256)


def test_the_same_file_in_another_clip_is_among_them_once(brand: Brand) -> None:
    version = VersionFactory.create(asset__brand=brand)
    other = VersionFactory.create(asset__brand=brand, sha256=version.sha256)
    VersionFactory.create(sha256=version.sha256)  # another brand's
    [row] = lookalikes.shown(version, to=member(brand, Role.LEGAL_REVIEWER)).rows
    assert (row.version, row.pair, row.percent) == (other, None, 100)


def test_what_looks_like_the_same_file_in_another_clip_looks_like_this_one(
    two: tuple[Version, Version], brand: Brand, looking: Looking
) -> None:
    first, second = two
    again = looking(1, asset__title="Can 0 again", sha256=first.sha256)
    finding.look(again)  # the pair names this one now
    legal = member(brand, Role.LEGAL_REVIEWER)
    for version, other in ((first, again), (again, first)):
        found = lookalikes.shown(version, to=legal)
        assert [(each.version, each.pair is None) for each in found.rows] == [(other, True), (second, False)]
        assert found.rows[1].here is not None
        assert found.rows[1].here.version == version


def test_of_many_with_the_same_bytes_no_more_are_read_than_are_listed(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookalikes, "MOST", 2)
    version = VersionFactory.create(asset__brand=brand)
    others = [VersionFactory.create(asset__brand=brand, sha256=version.sha256) for _time in range(5)]
    with CaptureQueriesContext(connection) as asked:
        found = lookalikes.of(version, to=member(brand, Role.LEGAL_REVIEWER))
    assert (len(found.rows), found.more) == (2, True)
    [renditions] = [each["sql"].replace("-", "") for each in asked if 'FROM "dam_rendition"' in each["sql"]]
    assert sum(each.pk.hex in renditions for each in others) == 3


@pytest.mark.parametrize("hidden", ["trashed", "not released"])
def test_those_that_somebody_does_not_see_leave_room_for_the_others(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    monkeypatch.setattr(lookalikes, "MOST", 1)
    version, librarian = VersionFactory.create(asset__brand=brand), member(brand, Role.LIBRARIAN)
    for place in range(11):
        factory = VersionFactory if place < 10 else ApprovedVersionFactory
        other = factory.create(asset__brand=brand)
        one, two = sorted((version, other), key=lambda each: str(each.sha256))
        NearPair.objects.create(
            brand=brand, one=one, two=two, one_sha256=one.sha256, two_sha256=two.sha256, share=1 - place / 100
        )
        if place < 10 and hidden == "trashed":
            assets.trash(other.asset, by=librarian)
    role = Role.LEGAL_REVIEWER if hidden == "trashed" else Role.VIEWER
    [row] = lookalikes.of(version, to=member(brand, role)).rows
    assert row.version == other


@pytest.mark.parametrize(
    ("state", "looked"),
    [
        (StepState.DONE, True),
        (StepState.SKIPPED, False),  # blank, or without pictures
        (StepState.FAILED, False),
        (StepState.WAITING, False),
    ],
)
def test_that_nothing_was_found_is_said_only_once_the_library_was_looked_through(
    brand: Brand, state: StepState, looked: bool
) -> None:
    version = VersionFactory.create(asset__brand=brand)
    Step.objects.create(
        version=version, brand=brand, user=version.created_by, name="duplicates", position=1, state=state
    )
    found = lookalikes.of(version, to=member(brand, Role.LEGAL_REVIEWER))
    assert found.looked is looked
    words = "no look-alikes known" if looked else "not compared with the library"
    assert lookalikes.summed_up(found.kept()) == words
