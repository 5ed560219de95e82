"""The audit trail is read on, and those whom an event concerns are told: once, and only what they may see."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.notifications import following, inbox
from dam.notifications.models import Notification, TrailReader
from provenance.review import comments
from tests.factories import VersionFactory, member, principal
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def read_on(case: Case) -> None:
    while following.run(case.brand.pk):
        pass


def kinds_of(person: Member) -> list[str]:
    now = principal(person.user, person.brand)
    return [each.row.kind for each in inbox.told(inbox.listed(now), to=now)]


def test_the_reviewers_of_the_first_stage_are_asked() -> None:
    case = Case()
    case.submit()
    read_on(case)
    assert kinds_of(case.brand_reviewer) == ["asked"]
    assert kinds_of(case.legal_reviewer) == kinds_of(case.creator) == []


def test_an_approved_stage_asks_the_next_and_tells_the_creator() -> None:
    case = Case()
    case.approve(case.submit(), by=case.brand_reviewer)
    read_on(case)
    assert kinds_of(case.legal_reviewer) == ["asked"]
    assert kinds_of(case.creator) == ["decided"]


def test_a_comment_tells_the_creator_and_not_its_author() -> None:
    case = Case()
    comments.add(case.version, by=case.brand_reviewer, body="Lovely")
    comments.add(case.version, by=case.creator, body="Thank you")
    read_on(case)
    assert kinds_of(case.creator) == kinds_of(case.brand_reviewer) == ["commented"]


def test_a_viewer_never_hears_of_a_draft() -> None:
    case = Case()
    viewer = member(case.brand, Role.VIEWER)
    with trail.recording():
        trail.record(
            Verb.RELEASE_REVOKED,
            brand=case.brand,
            target="Draft",
            asset_id=case.version.asset_id,
        )
        trail.record(
            Verb.RELEASE_DOWNLOADED,
            brand=case.brand,
            target="Draft",
            actor=viewer,
            asset_id=case.version.asset_id,
        )
    read_on(case)
    assert not Notification.objects.filter(user=viewer.user).exists()


def test_after_a_change_of_role_the_list_hides_what_the_new_one_may_not_see() -> None:
    case = Case()
    comments.add(case.version, by=case.brand_reviewer, body="Lovely")
    read_on(case)
    assert kinds_of(case.creator) == ["commented"]
    Membership.objects.filter(user=case.creator.user).update(role=Role.VIEWER)
    assert kinds_of(case.creator) == []
    assert inbox.unread(principal(case.creator.user, case.brand)) == 0


def test_a_clip_in_the_trash_is_not_spoken_of() -> None:
    case = Case()
    comments.add(case.version, by=case.brand_reviewer, body="Lovely")
    read_on(case)
    type(case.version.asset).objects.update(trashed_at=timezone.now())
    assert kinds_of(case.creator) == []


def test_who_has_left_is_not_told() -> None:
    case = Case()
    case.brand_reviewer.user.is_active = False
    case.brand_reviewer.user.save()
    case.submit()
    read_on(case)
    assert not Notification.objects.exists()


def test_an_event_is_read_once() -> None:
    case = Case()
    case.submit()
    read_on(case)
    TrailReader.objects.update(sequence=0)  # as if a worker had died before it kept how far it came
    read_on(case)
    assert Notification.objects.count() == 1


def test_a_worker_that_fails_leaves_the_batch_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case()
    read_on(case)
    case.submit()
    with monkeypatch.context() as patch:
        patch.setattr(following, "tell_pages", lambda *_: (_ for _ in ()).throw(DatabaseError))
        with pytest.raises(DatabaseError):
            read_on(case)
    assert not Notification.objects.exists()
    read_on(case)
    assert kinds_of(case.brand_reviewer) == ["asked"]


def test_old_events_are_no_news() -> None:
    case = Case()
    case.submit()
    while following.run(case.brand.pk, at=timezone.now() + timedelta(days=8)):
        pass
    assert not Notification.objects.exists()


def test_forty_two_clips_make_one_notification() -> None:
    case = Case()
    trail.record_many(
        PendingEvent(Verb.RELEASE_FAILED, case.brand, "Clip", asset_id=version.asset_id)
        for version in VersionFactory.create_batch(
            42, asset__brand=case.brand, asset__created_by=case.creator.user
        )
    )
    read_on(case)
    (told,) = inbox.told(inbox.listed(case.creator), to=case.creator)
    assert (told.row.asset_count, told.others) == (42, 41)


def test_a_batch_costs_the_same_for_many_events(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    case = Case()
    read_on(case)
    comments.add(case.version, by=case.brand_reviewer, body="One")
    with CaptureQueriesContext(connection) as first:
        following.run(case.brand.pk)
    Notification.objects.all().delete()
    for _ in range(20):
        other = VersionFactory.create(asset__brand=case.brand, asset__created_by=member(case.brand).user)
        comments.add(other, by=case.brand_reviewer, body="More")
    with django_assert_num_queries(len(first)):
        following.run(case.brand.pk)
    assert Notification.objects.count() == 20


def test_all_brands_are_read() -> None:
    cases = [Case(), Case()]
    for case in cases:
        case.submit()
    while following.run_all():
        pass
    assert [kinds_of(case.brand_reviewer) for case in cases] == [["asked"], ["asked"]]
