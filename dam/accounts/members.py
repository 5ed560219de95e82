"""Making brands and letting people in. Passwords are made here, never chosen by whoever invites.

An account stands for a person by its address, which whoever runs the installation gave it, or which a mailed
link proved. In releases before this was so, anybody could make any address theirs; such an account
only claims it, and is given nothing that is meant for the person of that address.
"""

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import roles
from dam.accounts.capabilities import AnyRole, Capability
from dam.accounts.models import ApiToken, Brand, Membership, User
from dam.core import errors, locks


class NotProven(errors.Refused):
    """An account claims this address and has not proven it."""

    code = "not_proven"


class LastAdministrator(errors.Refused):
    """It would leave the brand without anybody who manages its people."""

    code = "last_administrator"


def of_address(address: str) -> User | None:
    """The account of an address, letter by letter: look-alikes that the database thinks equal are others."""
    return User.objects.filter(email=address.strip().lower()).first()


def admit(
    *, email: str, name: str, brand: Brand, role: AnyRole, new_password: bool = False
) -> tuple[User, str | None]:
    """Give the person this role in the brand, in place of an earlier one.

    Somebody new gets an account; its password is returned, once, and None for a known person. With
    `new_password` a known one gets another, and what was open with the old one ends: that settles whose the
    account is, too. Raises NotProven.
    """
    password = None
    with transaction.atomic():
        hold_people([brand.pk])
        user = of_address(email)
        if user is None:
            password = secrets.token_urlsafe(12)
            user = User.objects.create_user(email, password, name=name or email.partition("@")[0])
        elif new_password:
            password = secrets.token_urlsafe(12)
            user.set_password(password)  # sessions end with the password that opened them
            user.save(update_fields=["password"])
            prove(user)
        elif not user.is_proven:
            raise NotProven(
                f"The account of {email} has not proven that address: it may be someone else's. Ask them to "
                "choose a new password by mail (Forgotten? on the sign-in page), or give the account a new "
                "one and hand it to them yourself: --new-password. Either ends all that is open."
            )
        Membership.everyone.update_or_create(
            user=user, brand=brand, defaults={**roles.columns(role), "deactivated_at": None}
        )
    return user, password


def hold_people(brands: Iterable[int]) -> None:
    """Wait until nobody else changes the people or the roles of these brands, and keep them until the
    transaction ends.

    First of all in the transaction, before a row is locked, and for all brands at once: whoever comes takes
    them in this order, so that no two wait for each other.
    """
    for brand_id in sorted(set(brands)):
        locks.hold(f"people:{brand_id}")


def require_administrator(brand: Brand) -> None:
    """Raise LastAdministrator unless somebody manages the brand and somebody its people.

    Called after a change of roles or people, in a transaction that began with `hold_people`.
    """
    able = Membership.objects.filter(brand=brand, user__is_active=True)
    for capability in (Capability.MANAGE_BRAND, Capability.MANAGE_PEOPLE):
        if not able.filter(roles.with_capability(capability)).exists():
            raise LastAdministrator(
                _("A brand needs an administrator. Make someone else an administrator first.")
            )


def prove(user: User) -> None:
    """The person has shown that the address is theirs. What the account had before may be another's work."""
    if user.is_proven:
        return
    user.proven_email = user.email
    user.save(update_fields=["proven_email"])
    ApiToken.objects.filter(owner=user, revoked_at=None).update(revoked_at=timezone.now())
