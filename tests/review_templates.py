"""Templates of reviews, and reviews by them."""

from typing import Any

from dam.accounts.models import Brand, Group
from dam.accounts.principals import Member
from provenance.review import plans
from provenance.review.models import ReviewTemplate
from provenance.review.plans import Planned


def template(brand: Brand, *stages: Planned, title: str = "Market", **fields: Any) -> ReviewTemplate:
    """One that can be chosen by hand, if nothing else is said."""
    fields.setdefault("by_hand", True)
    return ReviewTemplate.objects.create(brand=brand, title=title, stages=plans.written(stages), **fields)


def group(brand: Brand, *people: Member, name: str = "Legal FR") -> Group:
    made = Group.objects.create(brand=brand, name=name)
    made.members.set([each.user for each in people])
    return made
