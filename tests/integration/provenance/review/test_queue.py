from datetime import UTC, datetime, timedelta

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.catalog.models import Asset, Version
from provenance.review import queue, reviews
from provenance.review.models import Review
from provenance.review.states import DecisionKind
from tests.factories import BrandFactory, member, principal
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_inbox_and_the_policy_agree_on_everybody_and_every_review() -> None:
    """The query repeats policies.refuse_decision; here is every case it must agree on."""
    brand = BrandFactory.create()
    cases = [Case(brand) for _ in range(6)]
    submitted = [case.submit() for case in cases]
    cases[1].approve(submitted[1], by=cases[1].brand_reviewer)
    reviews.decide(
        submitted[2],
        by=cases[2].brand_reviewer,
        kind=DecisionKind.REJECT,
        expected_sha256=cases[2].version.sha256,
        comment="No",
    )
    Version.objects.filter(pk=cases[3].version.pk).update(sha256="0" * 64)
    Asset.objects.filter(pk=cases[4].version.asset_id).update(trashed_at=NOW)
    Version.objects.filter(pk=cases[5].version.pk).update(created_by=cases[5].legal_reviewer.user)
    Membership.objects.filter(user=cases[1].brand_reviewer.user).update(role=Role.LEGAL_REVIEWER)
    Membership.objects.filter(user=cases[0].creator.user).update(role=Role.BRAND_REVIEWER)
    people = [principal(each.user, brand) for each in Membership.objects.filter(brand=brand)]
    for person in people:
        waiting = set(queue.waiting_for(person))
        allowed = {
            review
            for review in Review.objects.select_related("brand", "version__asset")
            if reviews.refusal_to_decide(review, by=person) is None
        }
        assert waiting == allowed
    assert any(queue.waiting_for(person).exists() for person in people)


def test_the_most_urgent_comes_first() -> None:
    brand = BrandFactory.create()
    cases = [Case(brand) for _ in range(4)]
    due = [None, NOW + timedelta(days=2), NOW + timedelta(days=1), None]
    for hours, (case, due_at) in enumerate(zip(cases, due, strict=True)):
        reviews.submit(case.version, by=case.creator, due_at=due_at, at=NOW + timedelta(hours=hours))
    waiting = queue.waiting_for(cases[0].brand_reviewer)
    assert [review.version for review in waiting] == [cases[n].version for n in (2, 1, 0, 3)]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CREATOR, Role.LIBRARIAN, Role.ADMIN])
def test_nothing_waits_for_people_who_decide_nothing(role: Role) -> None:
    case = Case()
    case.submit()
    assert not queue.waiting_for(member(case.brand, role)).exists()


def test_a_stranger_sees_no_review() -> None:
    case = Case()
    case.submit()
    stranger = member(BrandFactory.create(), Role.BRAND_REVIEWER)
    assert not queue.waiting_for(stranger).exists()
    assert not queue.open_reviews(stranger).exists()


def test_a_viewer_sees_no_open_review_and_a_creator_does() -> None:
    case = Case()
    review = case.submit()
    assert not queue.open_reviews(member(case.brand, Role.VIEWER)).exists()
    assert queue.open_reviews(case.creator).get() == review
