"""Recalls of what was made from something that is gone, in the trash, rejected or altered."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Approval, Asset, Credentials, Version
from dam.notifications import following, inbox, wording
from dam.rights.models import InheritedTerms, MadeFrom, RightsRecord
from provenance.recalls import ended, recalls, spreading, stopped
from provenance.recalls.models import Recall
from tests.factories import BrandFactory, member
from tests.recall_factory import address, client_of, made, made_from, revoked
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def family(**given: object) -> tuple[Case, Case, Member]:
    """A source that is a draft, what was made from it and released, and who took a copy of that."""
    source = Case(**given)  # type: ignore[arg-type]
    holder = member(source.brand, Role.VIEWER)
    return source, made(source, holder), holder


def trash(source: Case, *, since: timedelta = timedelta(hours=2)) -> None:
    Asset.objects.filter(pk=source.version.asset_id).update(trashed_at=NOW - since)


def delete(source: Case) -> None:
    MadeFrom.objects.filter(source=source.version).update(source=None)


def reject(source: Case) -> None:
    Version.objects.filter(pk=source.version.pk).update(approval=Approval.REJECTED)


def alter(source: Case) -> None:
    Version.objects.filter(pk=source.version.pk).update(credentials=Credentials.ALTERED)


def opened() -> list[Recall]:
    return list(Recall.objects.filter(stopped_at__isnull=False))


@pytest.mark.parametrize("stop", [trash, delete, reject, alter])
def test_who_took_a_copy_of_what_was_made_from_it_is_asked_once(stop: Callable[[Case], None]) -> None:
    source, cut, holder = family()
    assert stopped.look(at=NOW) == 0
    stop(source)
    assert InheritedTerms.objects.get(version=cut.version).stopped
    assert stopped.look(at=NOW) == 1
    (recall,) = opened()
    assert (recall.version, recall.by, recall.to_spread) == (cut.version, None, False)
    assert recalls.listed(holder).get().recall == recall
    assert stopped.look(at=NOW + timedelta(minutes=1)) == 0
    event = Event.objects.get(verb=Verb.RECALL_STOPPED)
    assert (event.actor, event.asset_id, event.data["people"]) == (None, None, 1)


def test_what_was_trashed_by_mistake_asks_nobody() -> None:
    source, _cut, _holder = family()
    trash(source, since=timedelta(minutes=59))
    assert stopped.look(at=NOW) == 0
    assert stopped.look(at=NOW + timedelta(minutes=1)) == 1


def test_every_remove_has_a_recall_of_its_own() -> None:
    source, cut, _holder = family()
    further = made(cut, member(source.brand, Role.VIEWER))
    reject(source)
    assert stopped.look(at=NOW) == 2
    assert {each.version for each in opened()} == {cut.version, further.version}


def test_it_is_over_once_nothing_stops_it_and_begins_anew() -> None:
    source, _cut, holder = family()
    trash(source)
    stopped.look(at=NOW)
    Asset.objects.filter(pk=source.version.asset_id).update(trashed_at=None)
    assert stopped.look(at=NOW + timedelta(hours=1)) == 0
    (recall,) = opened()
    assert recall.lifted_at == NOW + timedelta(hours=1)
    assert not recalls.listed(holder).exists()
    assert Event.objects.filter(verb=Verb.RECALL_LIFTED).count() == 1
    trash(source)
    assert stopped.look(at=NOW + timedelta(hours=2)) == 1
    assert recalls.listed(holder).get().recall.stopped_at == NOW + timedelta(hours=2)


@pytest.mark.parametrize("first", ["freed", "renewed"])
def test_nobody_may_go_on_while_anything_else_stands_against_it(first: str) -> None:
    source, cut, _holder = family()
    clearance = RightsRecord.objects.filter(version=cut.version)
    reject(source)
    clearance.update(valid_until=NOW - timedelta(minutes=1))
    assert (stopped.look(at=NOW), ended.look(at=NOW)) == (1, 1)

    def free() -> None:
        Version.objects.filter(pk=source.version.pk).update(approval=Approval.DRAFT)

    def renew() -> None:
        clearance.update(valid_until=NOW + timedelta(days=10))

    for number, act in enumerate((free, renew) if first == "freed" else (renew, free)):
        act()
        assert (stopped.look(at=NOW), ended.look(at=NOW)) == (0, 0)
        assert Recall.objects.filter(lifted_at__isnull=False).count() == 2 * number
        assert Event.objects.filter(verb=Verb.RECALL_LIFTED).count() == 2 * number


def test_what_a_withdrawal_reached_is_not_asked_for_again() -> None:
    source = Case()
    source.approve_all()
    holder = member(source.brand, Role.VIEWER)
    cut = made(source, holder)
    revoked(source)
    spreading.run()
    assert stopped.look(at=NOW) == 0
    trash(source)
    assert stopped.look(at=NOW) == 0
    assert Recall.objects.filter(version=cut.version).count() == 1


def test_drafts_and_what_nothing_stops_are_left_alone() -> None:
    source, cut, _holder = family()
    other = Case(brand=source.brand)
    made_from(other, source)
    Version.objects.filter(pk=cut.version.pk).update(approval=Approval.WITHDRAWN)
    reject(source)
    assert stopped.look(at=NOW) == 0


def test_the_person_and_the_brand_read_why() -> None:
    source, cut, holder = family()
    reject(source)
    stopped.look(at=NOW)
    (recall,) = opened()
    page = client_of(holder).get(address(holder, "take-down", recall)).content.decode()
    assert "can no longer be used. Stop using your copies" in page
    assert source.version.asset.title not in page
    legal = cut.legal_reviewer
    page = client_of(legal).get(address(legal, "recall", recall)).content.decode()
    assert "deleted, in the trash, rejected or altered" in page
    while following.run(holder.brand.pk):
        pass
    told = inbox.told(inbox.listed(holder), to=holder)
    (said,) = [wording.sentence(each) for each in told if each.row.kind == "take_down"]
    assert "stopped_at" in Event.objects.get(verb=Verb.RECALL_STOPPED).data  # so a reminder says it, too
    assert said.startswith(f"Something “{cut.version.asset.title}” was made from can no longer be used.")
    Version.objects.filter(pk=source.version.pk).update(approval=Approval.DRAFT)
    stopped.look(at=NOW + timedelta(hours=1))
    page = client_of(holder).get(address(holder, "take-down", recall)).content.decode()
    assert "You can go on using your copies" in page
    assert "Confirm they" not in page


def test_many_are_asked_in_as_many_queries_as_one() -> None:
    def queries(clips: int) -> int:
        brand = BrandFactory.create()
        for _each in range(clips):
            source, _cut, _holder = family(brand=brand)
            Version.objects.filter(pk=source.version.pk).update(approval=Approval.REJECTED)
        with CaptureQueriesContext(connection) as found:
            assert stopped.look(at=NOW) == clips
        return len(found)

    assert queries(4) == queries(1)
