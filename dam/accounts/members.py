"""Making brands and letting people in. Passwords are made here, never chosen by whoever invites."""

import secrets

from django.db import transaction

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User


def admit(*, email: str, name: str, brand: Brand, role: Role) -> tuple[User, str | None]:
    """Give the person this role in the brand, in place of an earlier one.

    Somebody new gets an account; its password is returned, once, and None for a known person.
    """
    password = None
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            password = secrets.token_urlsafe(12)
            user = User.objects.create_user(email, password, name=name or email.partition("@")[0])
        Membership.objects.update_or_create(user=user, brand=brand, defaults={"role": role.value})
    return user, password
