"""Recalls that begin when a clearance ends, and are over when it's renewed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Approval, Version
from dam.notifications import following, inbox, wording
from dam.rights import consents, making
from dam.rights.consents import Said
from dam.rights.models import RightsEnd, RightsRecord
from provenance.recalls import ended, recalls
from provenance.recalls.models import Recall, RecallNotice
from tests.factories import BrandFactory, member
from tests.recall_factory import address, case_with, client_of, made, revoked, took
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ends(case: Case, after: timedelta) -> None:
    RightsRecord.objects.filter(version=case.version).update(valid_until=NOW + after)


def opened() -> list[Recall]:
    return list(Recall.objects.filter(ended_at__isnull=False))


def test_who_took_a_copy_is_asked_once_when_the_clearance_has_ended() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    ends(case, timedelta(minutes=1))
    assert ended.look(at=NOW) == 0
    assert ended.look(at=NOW + timedelta(minutes=1)) == 1
    (recall,) = opened()
    assert (recall.title, recall.by, recall.review) == (case.version.asset.title, None, None)
    assert [notice.user for notice in recall.notices.all()] == [viewer.user]
    assert recalls.listed(viewer).get().recall == recall
    assert ended.look(at=NOW + timedelta(hours=1)) == 0
    event = Event.objects.get(verb=Verb.RECALL_ENDED)
    assert (event.actor, event.asset_id, event.data["people"]) == (None, None, 1)


def test_where_nobody_took_a_copy_nobody_hears_of_it() -> None:
    case = Case()
    case.approve_all()
    ends(case, -timedelta(days=1))
    assert ended.look(at=NOW) == 1
    assert not recalls.of_brand(case.legal_reviewer).exists()
    assert not Event.objects.filter(verb=Verb.RECALL_ENDED).exists()
    assert ended.look(at=NOW) == 0


def test_what_ended_long_ago_or_is_not_approved_recalls_nothing() -> None:
    for approval, after in ((Approval.APPROVED, -timedelta(days=31)), (Approval.WITHDRAWN, -timedelta(1))):
        case, _people = case_with(Role.VIEWER)
        ends(case, after)
        Version.objects.filter(pk=case.version.pk).update(approval=approval)
    assert ended.look(at=NOW) == 0


def test_what_was_made_from_it_ends_with_it_and_has_a_recall_of_its_own() -> None:
    source, (_viewer,) = case_with(Role.VIEWER)
    holder = member(source.brand, Role.CREATOR)
    cut = made(source, holder)
    ends(source, -timedelta(minutes=1))
    making.keep_anew([cut.version.pk])
    assert RightsEnd.objects.filter(version=cut.version).exists()
    assert ended.look(at=NOW) == 2
    assert {each.version for each in opened()} == {source.version, cut.version}
    assert recalls.listed(holder).get().recall.version == cut.version
    assert not any(each.to_spread for each in opened())


def test_it_is_over_when_the_clearance_is_renewed_and_begins_anew_when_that_ends() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    ends(case, -timedelta(days=2))
    ended.look(at=NOW - timedelta(days=1))
    ends(case, timedelta(days=10))
    assert ended.look(at=NOW) == 0
    (recall,) = opened()
    assert recall.lifted_at == NOW
    assert not recalls.listed(viewer).exists()
    assert not recalls.open_only(recalls.of_brand(case.legal_reviewer)).exists()
    assert Event.objects.filter(verb=Verb.RECALL_LIFTED).count() == 1
    with pytest.raises(recalls.RecallRefused):
        recalls.remind(recall, by=case.legal_reviewer, at=NOW + timedelta(days=3))
    took(case, viewer)
    assert ended.look(at=NOW + timedelta(days=10)) == 1
    assert recalls.listed(viewer).get().recall.ended_at == NOW + timedelta(days=10)


def test_a_withdrawal_after_the_end_asks_too_and_one_confirmation_serves_both() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    ends(case, -timedelta(days=1))
    ended.look(at=NOW)
    revoked(case)
    withdrawn = Recall.objects.get(ended_at=None)
    assert recalls.confirm(withdrawn.notices.get(), by=viewer, note="")
    assert not recalls.listed(viewer).filter(confirmed_at=None).exists()
    ends(case, timedelta(days=5))
    ended.look(at=NOW + timedelta(days=1))  # it may not be used again: its approval is gone
    assert Recall.objects.filter(lifted_at__isnull=False).count() == 0


def test_many_are_asked_in_as_many_queries_as_one() -> None:
    def queries(clips: int) -> int:
        brand = BrandFactory.create()
        for _each in range(clips):
            clip = Case(brand=brand)
            clip.approve_all()
            took(clip, *[member(brand, Role.VIEWER) for _person in range(clips)])
            ends(clip, -timedelta(hours=1))
        with CaptureQueriesContext(connection) as found:
            assert ended.look(at=NOW) == clips
        Brand.objects.filter(pk=brand.pk).update(closed_at=NOW)
        return len(found)

    assert queries(4) == queries(1)
    assert RecallNotice.objects.count() == 17


def test_brands_without_anything_due_cost_nothing() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ended.look(at=NOW) == 0
        return len(found)

    few = queries()
    for _each in range(5):
        BrandFactory.create()
    assert queries() == few


def test_it_is_told_as_an_end_and_not_as_a_withdrawal() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    ends(case, -timedelta(hours=1))
    ended.look(at=NOW)
    while following.run(case.brand.pk):
        pass
    told = inbox.told(inbox.listed(viewer), to=viewer)
    (said,) = [wording.sentence(each) for each in told if each.row.kind == "take_down"]
    assert said.startswith(f"The clearance of “{case.version.asset.title}” ended. Take your copies down")


def test_who_was_asked_hears_that_the_clearance_was_renewed_also_who_had_confirmed() -> None:
    case, people = case_with(Role.VIEWER, Role.CREATOR)
    ends(case, -timedelta(hours=1))
    ended.look(at=NOW)
    (recall,) = opened()
    recalls.confirm(recall.notices.get(user=people[0].user), by=people[0], note="")
    ends(case, timedelta(days=3))
    ended.look(at=NOW)
    while following.run(case.brand.pk):
        pass
    for person in people:
        told = inbox.told(inbox.listed(person), to=person)
        said = {wording.sentence(each) for each in told if each.row.kind == "take_down"}
        assert f"You can use your copies of “{case.version.asset.title}” again." in said


def test_where_nobody_was_asked_a_renewal_is_no_news() -> None:
    case = Case()
    case.approve_all()
    ends(case, -timedelta(hours=1))
    ended.look(at=NOW)
    ends(case, timedelta(days=3))
    ended.look(at=NOW)
    assert opened()[0].lifted_at == NOW
    assert not Event.objects.filter(verb=Verb.RECALL_LIFTED).exists()


def test_its_pages_say_what_ended_and_that_it_was_renewed() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    ends(case, -timedelta(hours=1))
    ended.look(at=NOW)
    (recall,) = opened()
    lawyer, holder = client_of(case.legal_reviewer), client_of(viewer)
    assert "Its clearance ended on" in lawyer.get(address(case.legal_reviewer, "recall", recall)).text
    assert "Its clearance ended on" in holder.get(address(viewer, "take-down", recall)).text
    ends(case, timedelta(days=3))
    ended.look(at=NOW)
    page = lawyer.get(address(case.legal_reviewer, "recall", recall)).text
    assert "No one needs to take copies down any more" in page
    mine = holder.get(address(viewer, "take-down", recall)).text
    assert "You can go on using your copies" in mine
    assert "Confirm they" not in mine


def test_a_consent_that_is_withdrawn_recalls_the_copies_and_those_of_what_was_made_from_it() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    other = made(case)
    consent = consents.add(case.version, Said("model", "Ada Example"), by=case.legal_reviewer)
    assert ended.look() == 0
    consents.withdraw(case.version, consent.pk, reason="By letter", by=case.legal_reviewer)
    assert ended.look() == 2
    assert {each.version_id for each in opened()} == {case.version.pk, other.version.pk}
    assert recalls.listed(viewer).get().recall.version == case.version
    consents.reinstate(case.version, consent.pk, by=case.legal_reviewer)
    ended.look()
    assert not recalls.listed(viewer).exists()
