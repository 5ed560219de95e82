"""Who is asking? A member, an API token or a guest, each within one brand.

Every list, policy, event and page takes a principal; none of them asks which of the three it is. What a
principal may do is decided when it is looked up, so it is looked up for each request and kept no longer.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from dam.accounts.capabilities import GRANTS, Capability, Role
from dam.accounts.models import Brand, Membership, User


class _Able(Protocol):
    @property
    def brand(self) -> Brand: ...

    @property
    def capabilities(self) -> frozenset[Capability]: ...

    @property
    def name(self) -> str: ...

    def refusal(self, capability: Capability) -> str: ...


class _Asking:
    """What every principal answers, from its own `capabilities` and `refusal`."""

    def can(self: _Able, capability: Capability) -> bool:
        return capability in self.capabilities

    def __str__(self: _Able) -> str:
        return self.name

    def within(self: _Able, brand: Brand) -> frozenset[Capability]:
        """What it may do to things of this brand: nothing at all where it is a stranger."""
        return self.capabilities if brand == self.brand else frozenset()

    def require(self: _Able, capability: Capability, *, brand: Brand | None = None) -> None:
        """Raise PermissionDenied, with a sentence for the page, unless it may, to a thing of `brand`."""
        if brand is not None and brand != self.brand:
            raise PermissionDenied(f"This belongs to {brand}, and you asked within {self.brand}.")
        if capability not in self.capabilities:
            raise PermissionDenied(self.refusal(capability))


@dataclass(frozen=True)
class Member(_Asking):
    """A person who works in the brand, signed in or acting on the command line."""

    user: User
    brand: Brand
    role: Role
    kind: ClassVar[str] = "member"

    @property
    def name(self) -> str:
        return str(self.user)

    @property
    def capabilities(self) -> frozenset[Capability]:
        return GRANTS[self.role]

    def refusal(self, capability: Capability) -> str:
        return f"Your role in {self.brand} ({_words(self.role)}) does not include: {_words(capability)}."


@dataclass(frozen=True)
class Token(_Asking):
    """A program with an API token. It acts for the token's owner and may do a part of what they may."""

    user: User
    brand: Brand
    role: Role  # the owner's, now
    token_id: int
    label: str
    granted: frozenset[Capability]
    kind: ClassVar[str] = "token"

    @property
    def name(self) -> str:
        return f"{self.user} ({self.label})"

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self.granted & GRANTS[self.role]

    def refusal(self, capability: Capability) -> str:
        return f"This token of {self.brand} does not include: {_words(capability)}."


@dataclass(frozen=True)
class Guest(_Asking):
    """Somebody without an account who came by a share link and sees the assets it opens."""

    brand: Brand
    link_id: int
    label: str
    capabilities: frozenset[Capability]
    kind: ClassVar[str] = "guest"
    user: ClassVar[None] = None  # nobody here answers for a guest
    role: ClassVar[None] = None

    @property
    def name(self) -> str:
        return f"{self.label} (guest)"

    def refusal(self, capability: Capability) -> str:
        return f"The link you came by does not include: {_words(capability)}."


Principal = Member | Token | Guest


def member(user: User | AnonymousUser, brand: Brand) -> Member | None:
    """The person as a member of the brand; None for a stranger and for a closed account."""
    if not isinstance(user, User) or not user.is_active:
        return None
    role = Membership.objects.filter(user=user, brand=brand).values_list("role", flat=True).first()
    return Member(user, brand, Role(role)) if role else None


def person(principal: Principal) -> User:
    """Who answers for what the principal does. Raises PermissionDenied for a guest, who is nobody here."""
    if principal.user is None:
        raise PermissionDenied("This is kept under a person's name, and a guest has no account here.")
    return principal.user


def signed_in(user: User | AnonymousUser, *, slug: str) -> Member | None:
    """The person as a member of the brand of that name; None for a stranger, and where there is no brand."""
    if not isinstance(user, User) or not user.is_active:
        return None
    row = Membership.objects.select_related("brand").filter(user=user, brand__slug=slug).first()
    return Member(user, row.brand, Role(row.role)) if row else None


class Nobody(Exception):
    """Nobody in the brand may do it, or the person named may not; the message says which."""


def acting(brand: Brand, capability: Capability, *, email: str | None = None) -> Member:
    """Who acts for a command: the person of that address, else the first member who may. Raises Nobody."""
    rows = Membership.objects.select_related("user").filter(brand=brand, user__is_active=True).order_by("pk")
    for row in rows:
        found = Member(row.user, brand, Role(row.role))
        if email is None and found.can(capability):
            return found
        if email is not None and row.user.email == email.lower():
            if not found.can(capability):
                raise Nobody(f"{email} may not do that in {brand}: the role is {row.role}.")
            return found
    raise Nobody(f"{email} is no member of {brand}." if email else f"Nobody in {brand} may do that.")


def _words(name: str) -> str:
    return name.replace("_", " ")
