from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.catalog.models import Asset, Version
from provenance.review import asking, plans, queue, reviews
from provenance.review.models import Review
from provenance.review.plans import Planned
from provenance.review.states import DecisionKind
from tests.factories import BrandFactory, member, principal
from tests.review_factory import Case
from tests.review_templates import begun, group, legal, overdue

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
    assert agreed(brand) == {submitted[0], submitted[1], submitted[5]}


def agreed(brand: Brand) -> set[Review]:
    """The reviews that wait for somebody, of which the query and the policy say the same for everyone."""
    found: set[Review] = set()
    for each in Membership.objects.filter(brand=brand):
        person = principal(each.user, brand)
        waiting = set(queue.waiting_for(person))
        allowed = {
            review
            for review in Review.objects.select_related("brand", "version__asset")
            if reviews.refusal_to_decide(review, by=person) is None
        }
        assert waiting == allowed
        found |= waiting
    return found


def test_they_agree_on_reviews_that_name_who_decides() -> None:
    brand = BrandFactory.create()
    named, heir, deputy, gone = legal(Case(brand), 4)
    one, some = named.user.pk, group(brand, named, heir).pk
    none, late = group(brand, gone, name="Left").pk, timezone.now() - timedelta(days=9)
    stages = {
        "a person": Planned("legal", person=one),
        "a group": Planned("legal", group=some),
        "two of a group": Planned("legal", group=some, needs=2),
        "everyone of a group": Planned("legal", group=some, needs=plans.ALL),
        "nobody left": Planned("legal", group=none),
        "a deputy to come": Planned("legal", person=one, days=99, deputy_person=deputy.user.pk),
        "a deputy": Planned("legal", person=one, days=1, deputy_person=deputy.user.pk),
        "a deputy alone": Planned("legal", group=none, days=1, deputy_group=some),
        "a deputy gone": Planned("legal", person=one, days=1, deputy_person=gone.user.pk),
        "handed over": Planned("legal", person=gone.user.pk),
        "handed over to a group": Planned("legal", group=some),
        "handed over of a role": Planned("legal"),
    }
    made = {}
    for name, stage in stages.items():
        case = Case(brand)
        made[name] = begun(case, stage, at=late)
        if name in ("two of a group", "everyone of a group"):
            case.approve(made[name], by=named)
    Review.objects.filter(pk__in=[made[name].pk for name in ("handed over", "handed over of a role")]).update(
        asked_person=heir.user
    )
    Review.objects.filter(pk=made["handed over to a group"].pk).update(
        asked_group=group(brand, deputy, name="Heirs")
    )
    Membership.objects.filter(user=gone.user).delete()
    assert agreed(brand) == set(made.values())
    asked = {name: asking.of_one(Review.objects.get(pk=review.pk)) for name, review in made.items()}
    assert [name for name, each in asked.items() if each.nobody_left] == ["nobody left"]
    assert {name for name, each in asked.items() if each.deputies} == {"a deputy", "a deputy alone"}
    assert {name for name, each in asked.items() if each.heirs} == {"handed over", "handed over to a group"}


def test_whom_reviews_ask_is_looked_up_in_as_many_queries_however_many_they_are() -> None:
    brand, counted = BrandFactory.create(), []
    for more in (2, 18):
        overdue(brand, more)
        rows = list(Review.objects.select_related("version").prefetch_related("decisions"))
        with CaptureQueriesContext(connection) as queries:
            assert len(asking.of(rows)) == len(rows)
        counted.append(len(queries))
    assert len(rows) == 20
    assert counted[0] == counted[1]


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
