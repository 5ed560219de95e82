"""The hourly look for clearances that end: each of a brand's reminders once, of what is released."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset, Version
from dam.notifications import following, inbox, rights_reminders, wording
from dam.notifications.models import Notification
from dam.rights.models import MadeFrom, Relation, RightsRecord
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
def brand() -> Brand:
    return BrandFactory.create()


def cleared(brand: Brand, until: datetime | None) -> Version:
    maker = member(brand, Role.CREATOR).user
    version: Version = ApprovedVersionFactory.create(asset__brand=brand, asset__created_by=maker)
    RightsRecord.objects.filter(version=version).update(valid_until=until)
    return version


def said(brand: Brand) -> list[object]:
    return [
        event.asset_id
        for event in Event.objects.filter(brand=brand, verb=Verb.RIGHTS_ENDING).order_by("sequence")
    ]


def told(brand: Brand, *, at: datetime) -> set[User]:
    while following.run(brand.pk, at=at):
        pass
    rows = Notification.objects.filter(brand=brand, kind="rights_ending")
    return {row.user for row in rows.select_related("user")}


def days_said(brand: Brand) -> list[object]:
    events = Event.objects.filter(brand=brand, verb=Verb.RIGHTS_ENDING).order_by("sequence")
    return [event.data["days"] for event in events]


def test_it_is_said_thirty_days_seven_days_and_a_day_before_and_each_once(brand: Brand) -> None:
    cleared(brand, NOON + 30 * DAY)
    librarian, viewer = member(brand, Role.LIBRARIAN), member(brand, Role.VIEWER)
    midnight = NOON.replace(hour=0)
    said_at = [day for day in range(-2, 31) if rights_reminders.remind(at=midnight + day * DAY)]
    assert said_at == [0, 23, 29]
    assert days_said(brand) == [30, 7, 1]
    assert rights_reminders.remind(at=midnight - SECOND) == 0
    people = told(brand, at=NOON)
    assert librarian.user in people
    assert viewer.user not in people


@pytest.mark.parametrize(
    ("runs", "given"),
    [
        ([0, 0, 0], [30]),
        ([10], [30]),  # nothing ran for days: it is said late
        ([25, 29], [7, 1]),  # and what is overtaken isn't said any more
        ([29, 29], [1]),
        ([30], [1]),  # the day itself
        ([31], []),
    ],
)
def test_a_day_that_was_missed_is_made_up_for_once(brand: Brand, runs: list[int], given: list[int]) -> None:
    cleared(brand, NOON + 30 * DAY + SECOND)
    for day in runs:
        rights_reminders.remind(at=NOON + day * DAY)
    assert days_said(brand) == given


def test_days_are_those_where_the_brand_is(brand: Brand) -> None:
    Brand.objects.filter(pk=brand.pk).update(time_zone="Pacific/Auckland", reminder_days="1")
    end = datetime(2027, 5, 3, 23, 59, 59, tzinfo=ZoneInfo("Pacific/Auckland"))
    cleared(brand, end)
    begins = datetime(2027, 5, 2, tzinfo=ZoneInfo("Pacific/Auckland"))
    assert rights_reminders.remind(at=begins - SECOND) == 0
    assert rights_reminders.remind(at=begins) == 1


def test_a_brand_sets_its_days_and_a_change_repeats_nothing(brand: Brand) -> None:
    cleared(brand, NOON + 20 * DAY)
    settings = Brand.objects.filter(pk=brand.pk)
    for days, count in (("", 0), ("10", 0), ("25, 1", 1), ("60, 1", 0), ("20", 1), ("20, 30", 0)):
        settings.update(reminder_days=days)
        assert rights_reminders.remind(at=NOON) == count, days


def test_a_reminder_of_an_earlier_release_of_the_program_counts(brand: Brand) -> None:
    version = cleared(brand, NOON + 12 * DAY)
    facts = {"version": str(version.pk), "valid_until": (NOON + 12 * DAY).isoformat()}
    trail.record(
        Verb.RIGHTS_ENDING, brand=brand, target="x", actor=None, asset_id=version.asset_id, data=facts
    )
    assert rights_reminders.remind(at=NOON) == 0
    assert rights_reminders.remind(at=NOON + 6 * DAY) == 1


def test_a_worker_that_dies_says_what_is_left_when_it_runs_again(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights_reminders, "CHUNK", 2)
    for _ in range(5):
        cleared(brand, NOON + DAY)
    given, record = [], trail.record_many

    def dying(events: Any) -> None:
        given.append(1)
        if len(given) == 2:
            raise MemoryError
        record(events)

    monkeypatch.setattr(trail, "record_many", dying)
    with pytest.raises(MemoryError):
        rights_reminders.remind(at=NOON)
    assert rights_reminders.remind(at=NOON) == 3
    assert len(days_said(brand)) == 5


def test_many_clips_are_one_notice(brand: Brand) -> None:
    librarian = member(brand, Role.LIBRARIAN)
    for _ in range(40):
        cleared(brand, NOON + DAY)
    rights_reminders.remind(at=NOON)
    told(brand, at=NOON)
    row = Notification.objects.get(user=librarian.user, kind="rights_ending")
    assert row.asset_count == 40


def test_a_notice_of_several_says_no_day_of_a_clip_that_its_reader_no_longer_sees(brand: Brand) -> None:
    librarian = member(brand, Role.LIBRARIAN)
    clips = {cleared(brand, NOON + day * DAY).asset_id: day for day in (1, 2, 3, 4, 5)}
    rights_reminders.remind(at=NOON)
    told(brand, at=NOON)
    row = Notification.objects.get(user=librarian.user, kind="rights_ending")
    assert row.newest
    newest = row.newest.asset_id
    assert newest
    for seen, sentence in (
        (newest, f"The clearance ends on {3 + clips[newest]} May 2027"),
        (next(key for key in clips if key != newest), "The clearance ends soon"),
    ):
        Asset.objects.filter(pk__in=clips).exclude(pk=seen).update(trashed_at=NOON)
        Asset.objects.filter(pk=seen).update(trashed_at=None)
        (line,) = inbox.told([row], to=librarian)
        assert wording.sentence(line) == sentence
    Asset.objects.filter(pk__in=clips).update(trashed_at=None)
    (line,) = inbox.told([row], to=librarian)
    assert wording.sentence(line) == "The clearances end soon"


def test_an_end_that_comes_from_a_source_is_said_of_what_was_made_from_it(brand: Brand) -> None:
    made, source = cleared(brand, None), VersionFactory.create(asset__brand=brand)  # nobody released the take
    RightsRecord.objects.update_or_create(version=source, defaults={"valid_until": NOON + SECOND})
    MadeFrom.objects.create(version=made, source=source, relation=Relation.COMPONENT)
    assert rights_reminders.remind(at=NOON) == 1
    assert said(brand) == [made.asset_id]


def test_what_has_ended_or_never_does_is_not_said_beforehand(brand: Brand) -> None:
    cleared(brand, NOON)
    cleared(brand, NOON + 31 * DAY)
    cleared(brand, None)
    assert rights_reminders.remind(at=NOON) == 0


def test_a_clearance_that_was_renewed_is_reminded_of_again(brand: Brand) -> None:
    version = cleared(brand, NOON + SECOND)
    rights_reminders.remind(at=NOON)
    RightsRecord.objects.filter(version=version).update(valid_until=NOON + timedelta(days=300))
    later = NOON + timedelta(days=299)
    assert [rights_reminders.remind(at=later), rights_reminders.remind(at=later)] == [1, 0]
    assert said(brand) == [version.asset_id, version.asset_id]


def test_nothing_is_said_of_drafts_the_trash_and_closed_brands(brand: Brand) -> None:
    draft = VersionFactory.create(asset__brand=brand)
    RightsRecord.objects.filter(version=draft).update(valid_until=NOON + SECOND)
    trashed = cleared(brand, NOON + SECOND)
    Asset.objects.filter(pk=trashed.asset_id).update(trashed_at=NOON)
    closed = BrandFactory.create(closed_at=NOON)
    kept = cleared(closed, NOON + SECOND)
    assert rights_reminders.remind(at=NOON) == 0
    Brand.objects.filter(pk=closed.pk).update(closed_at=None)  # opened again: it is said then
    assert rights_reminders.remind(at=NOON) == 1
    assert said(closed) == [kept.asset_id]


def test_who_was_deactivated_hears_nothing(brand: Brand) -> None:
    version = cleared(brand, NOON + SECOND)
    librarian, gone = member(brand, Role.LIBRARIAN), member(brand, Role.LIBRARIAN)
    gone.user.memberships.update(deactivated_at=NOON)
    User.objects.filter(pk=version.created_by_id).update(is_active=False)
    rights_reminders.remind(at=NOON)
    people = told(brand, at=NOON)
    assert librarian.user in people
    assert not people & {gone.user, version.created_by}


def test_many_clips_are_looked_at_some_at_a_time(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights_reminders, "CHUNK", 2)
    versions = [cleared(brand, NOON + SECOND) for _ in range(5)]
    assert [rights_reminders.remind(at=NOON), rights_reminders.remind(at=NOON)] == [5, 0]
    assert sorted(map(str, said(brand))) == sorted(str(version.asset_id) for version in versions)
