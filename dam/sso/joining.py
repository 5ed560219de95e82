"""Whose account somebody is whom a provider has signed in, and which brands their groups give them.

An account is another's to give away only by who speaks for its address: the provider of that domain, and
only where it says that the address was verified. What was linked once stays linked, by the provider's own
name for the person: addresses change hands.
"""

from collections import defaultdict

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import mail_domains, members
from dam.accounts.models import Brand, Invitation, Membership, User
from dam.audit import trail
from dam.sso import claims, memberships, providers, refusals
from dam.sso.claims import Claimed
from dam.sso.models import GivenMembership, GroupRule
from dam.sso.providers import Provider


def person(provider: Provider, claimed: Claimed, *, linked: User | None) -> User:
    """The account to sign in, made where the rules or an invitation ask for it. Raises a refusals.NotLetIn.

    Memberships follow the person's groups before this returns. `linked` is whom the provider has signed in
    before under the same name.
    """
    if linked is None:
        _require_authority(provider, claimed)
    with trail.recording():
        user = linked or members.of_address(claimed.address)
        members.hold_people(_concerned(provider, user))
        address = user.email if user is not None else claimed.address
        wanted = _wanted(provider, claimed, address=address)
        if user is None:
            if not wanted and not _is_invited(address):
                raise _no_brand(provider, address)
            user = User.objects.create_user(address, None, name=claimed.name or address.partition("@")[0])
        elif linked is None and not user.is_proven:
            # Whoever made the account only claimed the address: what they know of it opens it no more.
            user.set_unusable_password()
            user.save(update_fields=["password"])
            members.prove(user)
        if user.is_active:
            _follow(user, provider, wanted, told=claimed.groups is not None)
    settled = user.is_superuser or not user.is_active or _is_invited(user.email)
    if not settled and not Membership.objects.filter(user=user).exists():
        raise _no_brand(provider, user.email)
    return user


def _require_authority(provider: Provider, claimed: Claimed) -> None:
    if not claimed.address:
        raise refusals.NoAddress(
            _(
                "%(provider)s doesn't say what your email address is. Ask your administrator to let it send "
                "the email claim to Reelproof."
            )
            % {"provider": provider.name}
        )
    domain = providers.domain_of(claimed.address)
    words = {"provider": provider.name, "domain": domain, "address": claimed.address}
    if domain not in providers.domains_of(provider.slug):
        raise refusals.OtherDomain(
            _(
                "%(provider)s doesn't sign in addresses at %(domain)s. Sign in with your password instead, "
                "or ask an installation administrator to add the domain to %(provider)s."
            )
            % words
        )
    if not (claimed.address_verified or provider.vouches_for_addresses):
        raise refusals.NotVerified(
            _(
                "%(provider)s hasn't verified that %(address)s is your address. Verify it there, then sign "
                "in again. Until then you can sign in with your password."
            )
            % words
        )


def _wanted(provider: Provider, claimed: Claimed, *, address: str) -> dict[Brand, str]:
    """The role in each brand, as the rules give them to these groups and the brand takes this domain."""
    rules: dict[Brand, dict[str, str]] = defaultdict(dict)
    for rule in GroupRule.objects.select_related("brand").filter(provider=provider.slug):
        rules[rule.brand][rule.group] = rule.role
    found = {
        brand: claims.role_of(claimed.groups or (), its, order=memberships.ORDER)
        for brand, its in rules.items()
        if takes(brand, address)
    }
    return {brand: role for brand, role in found.items() if role}


def _concerned(provider: Provider, user: User | None) -> set[int]:
    """The brands that the person may come into or go from now."""
    found = set(GroupRule.objects.filter(provider=provider.slug).values_list("brand", flat=True))
    given = GivenMembership.objects.filter(user=user, source=provider.slug, ended_at=None)
    return found | set(given.values_list("brand", flat=True)) if user else found


def takes(brand: Brand, address: str) -> bool:
    """Whether people of such an address may join the brand without an invitation."""
    return mail_domains.allows(brand, address)


def _follow(user: User, provider: Provider, wanted: dict[Brand, str], *, told: bool) -> None:
    for brand, role in wanted.items():
        memberships.give(user, brand, role=role, source=provider.slug, by=user)
    if told:
        given = GivenMembership.objects.select_related("brand").filter(
            user=user, source=provider.slug, ended_at=None
        )
        for row in given:
            if row.brand not in wanted:
                memberships.end(user, row.brand, source=provider.slug, by=user)


def _is_invited(address: str) -> bool:
    return Invitation.objects.filter(
        email__iexact=address, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).exists()


def _no_brand(provider: Provider, address: str) -> refusals.NoBrand:
    return refusals.NoBrand(
        _(
            "You're signed in with %(provider)s as %(address)s, but none of your groups opens a brand "
            "here. Ask your administrator to add you to one, or for an invitation, then sign in again."
        )
        % {"provider": provider.name, "address": address},
        title=_("You don't belong to a brand yet"),
    )
