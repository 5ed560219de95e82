"""Templates of reviews, and reviews by them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Group
from dam.accounts.principals import Member
from provenance.review import plans, queue, reviews
from provenance.review.models import Review, ReviewTemplate
from provenance.review.plans import Planned
from tests.factories import member
from tests.review_factory import Case


def template(brand: Brand, *stages: Planned, title: str = "Market", **fields: Any) -> ReviewTemplate:
    """One that can be chosen by hand, if nothing else is said."""
    fields.setdefault("by_hand", True)
    return ReviewTemplate.objects.create(brand=brand, title=title, stages=plans.written(stages), **fields)


def group(brand: Brand, *people: Member, name: str = "Legal FR") -> Group:
    made = Group.objects.create(brand=brand, name=name)
    made.members.set([each.user for each in people])
    return made


def begun(case: Case, *stages: Planned, at: datetime | None = None) -> Review:
    """A review that passes these stages."""
    return reviews.submit(case.version, by=case.creator, template=template(case.brand, *stages).pk, at=at)


def overdue(brand: Brand, count: int) -> list[Review]:
    """So many reviews of legal stages that are overdue: of a person and of a group in turn, with a deputy."""
    made = []
    for number in range(count):
        case = Case(brand)
        (deputy,) = legal(case, 1)
        named = case.legal_reviewer.user.pk if number % 2 else None
        others = None if named else group(brand, case.legal_reviewer, name=f"Of {case.creator}").pk
        stage = Planned("legal", person=named, group=others, days=1, deputy_person=deputy.user.pk)
        made.append(begun(case, stage, at=timezone.now() - timedelta(days=9)))
    return made


def legal(case: Case, count: int) -> list[Member]:
    """So many legal reviewers more."""
    return [member(case.brand, Role.LEGAL_REVIEWER) for _each in range(count)]


def code(review: Review, *, by: Member) -> str:
    """Why this person may not decide it now; empty where they may."""
    refusal = reviews.refusal_to_decide(Review.objects.get(pk=review.pk), by=by)
    return refusal.code if refusal else ""


def waits_for(*people: Member) -> list[bool]:
    """Of each, whether something waits for them."""
    return [queue.waiting_for(each).exists() for each in people]
