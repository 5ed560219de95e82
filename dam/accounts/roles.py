"""The roles of a brand: the built-in ones and its own, as choices, as words, and who may give them.

A role is named by its key wherever text is kept: in forms, invitations, sign-in mappings and commands. That
is the name of a built-in one ("creator"), or "custom-12" for a brand's own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dam.accounts.capabilities import (
    ADMINISTRATIVE,
    DECIDING,
    GRANTS,
    PHRASES,
    AnyRole,
    Capability,
    OwnRole,
    Role,
    of_role,
)
from dam.accounts.models import Brand, CustomRole
from dam.accounts.principals import Principal
from dam.core import errors, numbers, sorting

LONGEST_KEY = 24  # of a column that keeps one
_OWN = "custom-"
_BUILT_IN = frozenset(role.value for role in Role)

NAMES: dict[Role, str | Promise] = {
    Role.VIEWER: gettext_lazy("Viewer"),
    Role.CREATOR: gettext_lazy("Creator"),
    Role.BRAND_REVIEWER: gettext_lazy("Brand reviewer"),
    Role.LEGAL_REVIEWER: gettext_lazy("Legal reviewer"),
    Role.LIBRARIAN: gettext_lazy("Librarian"),
    Role.ADMIN: gettext_lazy("Administrator"),
}
DESCRIPTIONS: dict[Role, str | Promise] = {
    Role.VIEWER: gettext_lazy("Finds and downloads what is released."),
    Role.CREATOR: gettext_lazy("Makes and uploads clips and sends them to review."),
    Role.BRAND_REVIEWER: gettext_lazy("Decides brand reviews."),
    Role.LEGAL_REVIEWER: gettext_lazy("Decides legal reviews."),
    Role.LIBRARIAN: gettext_lazy("Does what a creator can, and keeps the library in order."),
    Role.ADMIN: gettext_lazy("Does what a librarian can, and runs the brand and its people."),
}


@dataclass(frozen=True)
class Choice:
    """A role that a person of the brand can have."""

    key: str
    role: AnyRole
    name: str | Promise
    description: str | Promise

    @property
    def capabilities(self) -> frozenset[Capability]:
        return of_role(self.role)

    @property
    def is_own(self) -> bool:
        """Whether the brand has made it for itself."""
        return isinstance(self.role, OwnRole)


class UnknownRole(errors.Refused):
    """The brand has no role of this key, or has it no longer."""

    code = "unknown_role"


def choices(brand: Brand) -> list[Choice]:
    """The built-in roles, then the brand's own by name."""
    built_in = [Choice(role.value, role, NAMES[role], DESCRIPTIONS[role]) for role in Role]
    rows = CustomRole.objects.filter(brand=brand, retired_at=None).order_by(
        sorting.alphabetical("name"), "pk"
    )
    return [*built_in, *(Choice(key(row.value), row.value, row.name, row.description) for row in rows)]


def to_give(by: Principal) -> list[Choice]:
    """Of the roles of their brand those that they may give."""
    return [each for each in choices(by.brand) if may_give(by, each.role)]


def key(role: AnyRole) -> str:
    return f"{_OWN}{role.number}" if isinstance(role, OwnRole) else role.value


def name(role: AnyRole) -> str:
    """What people read: "Legal reviewer", or the name that the brand gave its own."""
    return role.name if isinstance(role, OwnRole) else str(NAMES[role])


def recorded(role: AnyRole) -> str:
    """The name as the activity log keeps it: the same in whatever language somebody acts."""
    with translation.override("en"):
        return name(role)


def named(brand: Brand, text: str) -> AnyRole:
    """The role of this key, or the one that took its place when it was retired. Raises UnknownRole."""
    if text in _BUILT_IN:
        return Role(text)
    key = numbers.read(text.removeprefix(_OWN))
    if text.startswith(_OWN) and key is not None:
        row = CustomRole.objects.filter(brand=brand, pk=key).first()
        if row is not None and row.retired_at is None:
            return row.value
        if row is not None and row.replaced_by:
            return named(brand, row.replaced_by)  # a retired one takes no one's place, so this ends
    raise UnknownRole(_("%(brand)s has no such role.") % {"brand": brand})


def in_force(row: CustomRole) -> AnyRole | None:
    """This role, or of a retired one the role that took its place; None where nothing did."""
    if row.retired_at is None:
        return row.value
    return named(row.brand, row.replaced_by) if row.replaced_by else None


def columns(role: AnyRole) -> dict[str, Any]:
    """What a Membership of this role has in its columns."""
    if isinstance(role, OwnRole):
        return {"role": "", "custom_role_id": role.number}
    return {"role": role.value, "custom_role_id": None}


def with_capability(capability: Capability) -> Q:
    """Those memberships whose role may do that, built in or not."""
    built_in = [role.value for role in Role if capability in GRANTS[role]]
    return Q(role__in=built_in) | Q(custom_role__capabilities__contains=[capability.value])


def may_give(by: Principal, role: AnyRole) -> bool:
    """Whether they may give this role to somebody else, or take it away."""
    return by.can(Capability.MANAGE_PEOPLE) and not beyond(by, of_role(role))


def require_may_give(by: Principal, role: AnyRole) -> None:
    """Raise PermissionDenied, with a sentence for the page, unless they may give or take this role."""
    by.require(Capability.MANAGE_PEOPLE)
    missing = beyond(by, of_role(role))
    if missing:
        words = ", ".join(_(PHRASES[each]) for each in missing)
        raise PermissionDenied(
            _("The role %(role)s allows more than yours, so you can't give it: %(capabilities)s.")
            % {"role": name(role), "capabilities": words}
        )


def beyond(by: Principal, wanted: Collection[Capability]) -> list[Capability]:
    """What of this they can't put into other hands: what they don't have themselves.

    But for deciding on reviews: whoever runs a brand and its people names its reviewers, and decides nothing.
    No role does both (`mixed`), and nobody changes their own, so naming reviewers makes nobody one.
    """
    able = by.capabilities | (DECIDING if by.capabilities >= ADMINISTRATIVE else frozenset())
    return [each for each in Capability if each in wanted and each not in able]


def mixed(wanted: Collection[Capability]) -> bool:
    """Whether a role would both run the brand or its people and decide on what it releases."""
    return bool(DECIDING & frozenset(wanted) and ADMINISTRATIVE & frozenset(wanted))
