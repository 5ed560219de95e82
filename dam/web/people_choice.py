"""Choosing people of a brand: a list as long as a page can hold, and beyond it their email addresses."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dam.accounts.models import Brand, Membership, User
from dam.core import errors, sorting

MOST_LISTED = 500
MOST_NAMED = 500  # at once


class NotHere(errors.Refused):
    """Nobody in the brand has this address."""

    code = "person_not_here"


@dataclass(frozen=True)
class Listed:
    """`more`: there are others, who are to be named by their address."""

    people: list[User]
    more: bool


def active(brand: Brand) -> QuerySet[Membership]:
    return Membership.objects.filter(brand=brand, user__is_active=True)


def listed(memberships: QuerySet[Membership]) -> Listed:
    """In the order of a dictionary. One query, whatever the size of the brand."""
    rows = memberships.select_related("user").order_by(sorting.alphabetical("user__name"), "user_id")
    people = [row.user for row in rows[: MOST_LISTED + 1]]
    return Listed(people[:MOST_LISTED], len(people) > MOST_LISTED)


def named(memberships: QuerySet[Membership], text: str) -> list[User]:
    """Those whose addresses are given, separated by commas, blanks or lines. Raises NotHere."""
    wanted = list(dict.fromkeys(text.replace(",", " ").replace(";", " ").lower().split()))[: MOST_NAMED + 1]
    if len(wanted) > MOST_NAMED:
        raise NotHere(_("Name at most %(most)d people at once.") % {"most": MOST_NAMED})
    rows = memberships.filter(user__email__in=wanted).select_related("user")
    found = {row.user.email: row.user for row in rows}
    missing = next((address for address in wanted if address not in found), None)
    if missing is not None:
        raise NotHere(_("No one here has the address %(address)s.") % {"address": missing[:254]})
    return [found[address] for address in wanted]
