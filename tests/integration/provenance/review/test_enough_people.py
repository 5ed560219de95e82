"""Whether there are the people that a template needs, before it is sent and while it goes on."""

import pytest

from dam.accounts.models import Membership
from provenance.review import choosing, plans, reviews
from provenance.review.plans import Planned
from provenance.review.states import ReviewState
from tests.review_factory import Case
from tests.review_templates import begun, code, group, legal, template

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]


@pytest.mark.parametrize(
    ("stages", "reviewers", "words"),
    [
        ((Planned("legal", needs=3),), 2, "needs 3 approvals"),
        ((Planned("legal"), Planned("legal", "Market")), 1, "can't be completed"),
        ((Planned("legal"), Planned("legal", "Market")), 2, ""),
    ],
)
def test_no_review_is_sent_where_it_can_not_end(
    stages: tuple[Planned, ...], reviewers: int, words: str
) -> None:
    case = Case()
    Membership.objects.filter(user=case.legal_reviewer.user).delete()
    legal(case, reviewers)
    planned = template(case.brand, *stages)
    refusal = choosing.refuse(choosing.of(case.version, wanted=planned.pk), case.version, by=case.creator)
    assert words in (refusal.sentence if refusal else "")
    assert bool(refusal) is bool(words)


def test_a_group_with_too_few_people_is_told_by_its_name() -> None:
    case = Case()
    made = group(case.brand, case.legal_reviewer, case.creator)
    planned = template(case.brand, Planned("legal", group=made.pk, needs=2))
    refusal = choosing.refuse(choosing.of(case.version, wanted=planned.pk), case.version, by=case.creator)
    assert refusal is not None
    assert refusal.sentence == (
        "“Market” needs 2 approvals from Legal FR; only 1 person there could give one."
    )


def test_who_is_needed_later_leaves_an_earlier_stage_to_who_is_not() -> None:
    case = Case()
    first, second = legal(case, 2)
    both = group(case.brand, first, second)
    review = begun(
        case, Planned("legal", "Market", group=both.pk), Planned("legal", "Global", person=first.user.pk)
    )
    assert code(review, by=first) == ""  # they may still say no
    with pytest.raises(reviews.ReviewRefused, match="no one left for “Global”") as refused:
        case.approve(review, by=first)
    assert refused.value.code == "needed_later"
    case.approve(review, by=second)
    case.approve(review, by=first)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_where_nobody_else_can_they_approve_the_earlier_stage() -> None:
    case = Case()
    first, second = legal(case, 2)
    both = group(case.brand, first, second)
    review = begun(case, Planned("legal", group=both.pk), Planned("legal", person=first.user.pk))
    Membership.objects.filter(user=second.user).delete()
    case.approve(review, by=first)


def test_everyone_of_a_later_group_is_not_counted_for_an_earlier_stage() -> None:
    case = Case()
    first, second = legal(case, 2)
    both = group(case.brand, first, second)
    everyone = Planned("legal", "Global", group=both.pk, needs=plans.ALL)
    with pytest.raises(reviews.ReviewRefused, match="no one left for “Global”"):
        begun(case, Planned("legal", "Market", group=both.pk), everyone)
