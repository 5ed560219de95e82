"""Who is asking? A member, an API token or a guest, each within one brand.

Every list, policy, event and page takes a principal; none of them asks which of the three it is. What a
principal may do is decided when it is looked up, so it is looked up for each request and kept no longer.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import capabilities as may
from dam.accounts import keys
from dam.accounts.capabilities import GUEST_MAY, PHRASES, TOKEN_MAY, AnyRole, Capability, OwnRole, Role
from dam.accounts.models import ApiToken, Brand, Membership, ShareLink, User
from dam.core import errors

# How often a person's or a token's last use is written down: at most once in that time.
USE_NOTED_EVERY = timedelta(minutes=5)
OPENED = "share_links"  # of a session: the links that were opened in it


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

    @property
    def runs_installation(self) -> bool:
        """Whether it may do what concerns every brand: make one, set up mail and sign-in."""
        return False

    def within(self: _Able, brand: Brand) -> frozenset[Capability]:
        """What it may do to things of this brand: nothing at all where it is a stranger."""
        return self.capabilities if brand == self.brand else frozenset()

    def require(self: _Able, capability: Capability, *, brand: Brand | None = None) -> None:
        """Raise PermissionDenied, with a sentence for the page, unless it may, to a thing of `brand`."""
        if brand is not None and brand != self.brand:
            raise PermissionDenied(
                _("This belongs to %(brand)s, not %(brand2)s.") % {"brand": brand, "brand2": self.brand}
            )
        if capability not in self.capabilities:
            raise PermissionDenied(self.refusal(capability))


@dataclass(frozen=True)
class Member(_Asking):
    """A person who works in the brand, signed in or acting on the command line."""

    user: User
    brand: Brand
    role: AnyRole
    kind: ClassVar[str] = "member"

    @property
    def runs_installation(self) -> bool:
        return self.user.is_superuser

    @property
    def name(self) -> str:
        return str(self.user)

    @property
    def capabilities(self) -> frozenset[Capability]:
        return may.of_role(self.role)

    def refusal(self, capability: Capability) -> str:
        return _("Your role in %(brand)s (%(role)s) doesn't allow you to %(capability)s.") % {
            "brand": self.brand,
            "role": _words(self.role),
            "capability": _(PHRASES[capability]),
        }


@dataclass(frozen=True)
class Token(_Asking):
    """A program with an API token. It acts for the token's owner and may do a part of what they may."""

    user: User
    brand: Brand
    role: AnyRole  # the owner's, now
    token_id: int
    label: str
    granted: frozenset[Capability]
    kind: ClassVar[str] = "token"

    @property
    def name(self) -> str:
        return f"{self.user} ({self.label})"

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self.granted & may.of_role(self.role)

    def refusal(self, capability: Capability) -> str:
        return _("This API token for %(brand)s isn't allowed to %(capability)s.") % {
            "brand": self.brand,
            "capability": _(PHRASES[capability]),
        }


@dataclass(frozen=True)
class Guest(_Asking):
    """Somebody without an account who came by a share link and sees the assets it opens."""

    brand: Brand
    link_id: int
    label: str
    capabilities: frozenset[Capability]
    use: str = ""  # what the link was made for, and where: each file that leaves is asked about that
    territory: str = ""
    kind: ClassVar[str] = "guest"
    user: ClassVar[None] = None  # nobody here answers for a guest
    role: ClassVar[None] = None

    @property
    def name(self) -> str:
        return _("%(label)s (guest)") % {"label": self.label}

    def refusal(self, capability: Capability) -> str:
        return _("Your share link doesn't allow you to %(capability)s.") % {
            "capability": _(PHRASES[capability])
        }


Principal = Member | Token | Guest


def member(user: User | AnonymousUser, brand: Brand) -> Member | None:
    """The person as a member of the brand; None for a stranger, a closed account and a closed brand."""
    if not isinstance(user, User) or not user.is_active or brand.closed_at is not None:
        return None
    row = Membership.objects.select_related("custom_role").filter(user=user, brand=brand).first()
    return Member(user, brand, row.given) if row else None


def members_of(brand: Brand, *, among: Collection[int] | None = None) -> list[Member]:
    """Who works in the brand now, in the order in which they came; only those whose ids are `among` these."""
    rows = Membership.objects.select_related("user", "custom_role").filter(brand=brand, user__is_active=True)
    if among is not None:
        rows = rows.filter(user__in=among)
    return [Member(row.user, brand, row.given) for row in rows.order_by("pk")]


def having(brand: Brand, capability: Capability) -> QuerySet[Membership]:
    """Of those who work in the brand now, who may do this: by a built-in role or by one of its own."""
    built_in = [role.value for role in Role if may.granted(role, capability)]
    given = Q(role__in=built_in) | Q(custom_role__capabilities__contains=[capability.value])
    return Membership.objects.filter(given, brand=brand, user__is_active=True)


def roles_held(brand: Brand) -> list[AnyRole]:
    """The roles that somebody who works in the brand has now, each once."""
    rows = Membership.objects.select_related("custom_role").filter(brand=brand, user__is_active=True)
    return [row.given for row in rows.order_by("role", "custom_role").distinct("role", "custom_role")]


def person(principal: Principal) -> User:
    """Who answers for what the principal does. Raises PermissionDenied for a guest, who is nobody here."""
    if principal.user is None:
        raise PermissionDenied(_("This needs an account. Guests can't do it."))
    return principal.user


def signed_in(user: User | AnonymousUser, *, slug: str) -> Member | None:
    """The person as a member of the brand of that name; None for a stranger, and where there is no brand.

    A closed brand is there for those who can open it again, and the middleware shows them no more than that.
    """
    if not isinstance(user, User) or not user.is_active:
        return None
    rows = Membership.objects.select_related("brand", "custom_role")
    row = rows.filter(user=user, brand__slug=slug).first()
    if row is None:
        return None
    found = Member(user, row.brand, row.given)
    if row.brand.closed_at is not None and not found.can(Capability.MANAGE_BRAND):
        return None
    _note_seen(row, at=timezone.now())
    return found


def _note_seen(row: Membership, *, at: datetime) -> None:
    """Write down that the person was here, now and then: administrators see who has stayed away."""
    stale = at - USE_NOTED_EVERY
    if row.last_seen_at is None or row.last_seen_at <= stale:
        unnoted = Q(last_seen_at=None) | Q(last_seen_at__lte=stale)
        Membership.objects.filter(unnoted, pk=row.pk).update(last_seen_at=at)


def of_token(secret: str, *, at: datetime) -> Token | None:
    """The program that has this secret; None for an unknown one, and for one that has ended.

    It ends with its owner's membership or account, for it acts in their name.
    """
    row = (
        ApiToken.objects.select_related("brand", "owner")
        .filter(Q(expires_at=None) | Q(expires_at__gt=at), prefix=keys.prefix_of(secret), revoked_at=None)
        .first()
    )
    if row is None or not keys.opens(secret, kept=row.digest):
        return None
    owner = member(row.owner, row.brand)
    if owner is None:
        return None
    stale = at - USE_NOTED_EVERY
    if row.last_used_at is None or row.last_used_at <= stale:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=stale)
        ApiToken.objects.filter(unnoted, pk=row.pk).update(last_used_at=at)
    return Token(owner.user, owner.brand, owner.role, row.pk, row.name, row.granted(TOKEN_MAY))


class UnknownLink(Exception):
    """No share link has this secret, or it has ended."""


def enter(request: HttpRequest, *, secret: str, at: datetime) -> Guest:
    """Let in whoever has the link's secret, while session and link last. Raises UnknownLink."""
    link = _links(at).filter(prefix=keys.prefix_of(secret)).first()
    if link is None or not keys.opens(secret, kept=link.digest):
        raise UnknownLink(_("This link doesn't exist or has expired. Ask the sender for a new one."))
    request.session.cycle_key()
    request.session[OPENED] = {**request.session.get(OPENED, {}), str(link.brand_id): link.pk}
    return _guest(link)


def came_as_guest(request: HttpRequest) -> bool:
    return OPENED in request.session


def guest(request: HttpRequest, *, slug: str, at: datetime) -> Guest | None:
    """The guest of the brand that this session has let in; None when the link has ended meanwhile."""
    opened = request.session.get(OPENED)
    if not opened:
        return None
    link = _links(at).filter(pk__in=opened.values(), brand__slug=slug).first()
    return _guest(link) if link else None


def _links(at: datetime) -> QuerySet[ShareLink]:
    return ShareLink.objects.select_related("brand").filter(
        revoked_at=None, expires_at__gt=at, brand__closed_at=None
    )


def _guest(link: ShareLink) -> Guest:
    may = link.granted(GUEST_MAY)
    return Guest(link.brand, link.pk, link.guest, may, use=link.use, territory=link.territory)


class Nobody(errors.Refused):
    """Nobody in the brand may do it, or the person named may not; the message says which."""

    code = "nobody"


def acting(brand: Brand, capability: Capability, *, email: str | None = None) -> Member:
    """Who acts for a command: the person of that address, else the first member who may. Raises Nobody."""
    for candidate in members_of(brand):
        if email is None and candidate.can(capability):
            return candidate
        if email is not None and candidate.user.is_proven and candidate.user.email == email.lower():
            if not candidate.can(capability):
                raise Nobody(
                    _("%(email)s can't do that in %(brand)s with the role %(role)s.")
                    % {"email": email, "brand": brand, "role": _words(candidate.role)}
                )
            return candidate
    raise Nobody(
        (_("%(email)s isn't a member of %(brand)s.") % {"email": email, "brand": brand})
        if email
        else (_("No one in %(brand)s can do that.") % {"brand": brand})
    )


def _words(role: AnyRole) -> str:
    return role.name if isinstance(role, OwnRole) else role.replace("_", " ")
