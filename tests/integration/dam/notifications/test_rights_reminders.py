"""The hourly look for clearances that end: two weeks before, once, of what is released."""

from datetime import UTC, datetime, timedelta

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset, Version
from dam.notifications import following, rights_reminders
from dam.notifications.models import Notification
from dam.notifications.rights_reminders import BEFORE
from dam.rights.models import MadeFrom, Relation, RightsRecord
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


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


def test_it_is_said_two_weeks_before_and_once(brand: Brand) -> None:
    version = cleared(brand, NOON + BEFORE)
    librarian, viewer = member(brand, Role.LIBRARIAN), member(brand, Role.VIEWER)
    runs = [rights_reminders.remind(at=at) for at in (NOON - SECOND, NOON, NOON, NOON + BEFORE - SECOND)]
    assert runs == [0, 1, 0, 0]
    people = told(brand, at=NOON)
    assert {version.created_by, librarian.user} <= people
    assert viewer.user not in people
    assert Notification.objects.filter(user=librarian.user).count() == 1


def test_an_end_that_comes_from_a_source_is_said_of_what_was_made_from_it(brand: Brand) -> None:
    made, source = cleared(brand, None), VersionFactory.create(asset__brand=brand)  # nobody released the take
    RightsRecord.objects.update_or_create(version=source, defaults={"valid_until": NOON + SECOND})
    MadeFrom.objects.create(version=made, source=source, relation=Relation.COMPONENT)
    assert rights_reminders.remind(at=NOON) == 1
    assert said(brand) == [made.asset_id]


def test_what_has_ended_or_never_does_is_not_said_beforehand(brand: Brand) -> None:
    cleared(brand, NOON)
    cleared(brand, NOON + BEFORE + SECOND)
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
