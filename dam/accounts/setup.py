"""The first run: who may set the installation up, until it has its first administrator.

Whoever can read the terminal, or start a command, is given a link. It works once, for a day, and lets one
browser in; a new link lets another in instead. Only hashes are kept. With the first account it is over.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify

from dam.accounts import keys
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User
from dam.accounts.setup_models import Setup
from dam.core import errors
from dam.core.language import noop

GOOD_FOR = timedelta(days=1)
_over = [False]  # once there are people this process asks no more


class AlreadySetUp(errors.Refused):
    """There are people: they let others in."""

    code = "already_set_up"
    title = noop("Reelproof is already set up")
    message = noop(
        "This installation has people, so it can't be set up again. Sign in, or ask an administrator."
    )


def is_needed() -> bool:
    """Whether nobody is here yet, and nobody is made here otherwise."""
    if _over[0] or settings.DEMO or not settings.SETUP:
        return False
    _over[0] = User.objects.exists()
    return not _over[0]


def new_link(*, at: datetime) -> str:
    """A link to the set-up page, in place of an earlier one that was not used. Raises AlreadySetUp."""
    if User.objects.exists():
        raise AlreadySetUp
    key = keys.new(keys.KeyKind.SETUP)
    Setup.objects.update_or_create(
        pk=Setup.ONLY, defaults={"digest": key.digest, "expires_at": at + GOOD_FOR}
    )
    return f"{settings.PUBLIC_URL}{reverse('setup-open', args=[key.secret])}"


def use_link(secret: str, *, at: datetime) -> str | None:
    """What the browser carries from now on; None for a link that is unknown, used or too old."""
    nonce = secrets.token_urlsafe(32)
    unused = Setup.objects.filter(digest=keys.digest(secret), expires_at__gt=at)
    return nonce if unused.update(digest="", holder=keys.digest(nonce)) else None


def is_held_by(nonce: str) -> bool:
    """Whether the browser that carries this may set up, now."""
    row = Setup.objects.filter(pk=Setup.ONLY).first()
    return bool(nonce and row and row.holder) and keys.opens(nonce, kept=row.holder if row else "")


def state() -> Setup:
    return Setup.objects.select_related("brand").get_or_create(pk=Setup.ONLY)[0]


def finish(step: str) -> None:
    """Write down that a step is done, or left as it is."""
    with transaction.atomic():
        row = Setup.objects.select_for_update().get(pk=Setup.ONLY)
        if step not in row.done:
            row.done = [*row.done, step]
            row.save(update_fields=["done"])


def name_brand(name: str, *, hue: int) -> Brand:
    """The first brand, made or named anew: twice at once makes one."""
    with transaction.atomic():
        row = Setup.objects.select_for_update().get(pk=Setup.ONLY)
        brand = row.brand or Brand()
        brand.name, brand.accent_hue = name, hue
        # Nobody has been at its address yet: with another name it gets another one.
        brand.slug = _free_slug(name, of=brand)
        brand.save()
        row.brand = brand
        row.save(update_fields=["brand"])
    return brand


def admit_first(*, email: str, name: str, password: str) -> tuple[User, Brand]:
    """The first administrator, of the brand and of the installation. Raises AlreadySetUp for the second."""
    with transaction.atomic():
        row = Setup.objects.select_for_update().get(pk=Setup.ONLY)
        if User.objects.exists() or row.brand is None:
            raise AlreadySetUp
        user = User.objects.create_superuser(email, password, name=name)
        Membership.objects.create(user=user, brand=row.brand, role=Role.ADMIN.value)
        row.digest = row.holder = ""
        row.save(update_fields=["digest", "holder"])
        return user, row.brand


def _free_slug(name: str, *, of: Brand) -> str:
    slug = slugify(name)[:50].strip("-") or "brand"
    taken = Brand.objects.filter(slug=slug).exclude(pk=of.pk).exists()
    return f"{slug[:40]}-{secrets.token_hex(3)}" if taken else slug
