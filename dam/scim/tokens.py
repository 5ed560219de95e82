"""Tokens that let a directory in: shown once, kept as a hash, ended at once."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from dam.accounts import keys
from dam.accounts.keys import KeyKind
from dam.accounts.principals import Principal, person
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.scim.models import ScimToken

# How often its last use is written down: at most once in that time.
USE_NOTED_EVERY = timedelta(minutes=5)


def create(*, by: Principal, name: str, role: str) -> str:
    """The secret of a new token for the brand of `by`. It is shown once: only its hash is kept."""
    key = keys.new(KeyKind.SCIM)
    with trail.recording():
        ScimToken.objects.create(
            brand=by.brand, name=name, prefix=key.prefix, digest=key.digest, role=role, created_by=person(by)
        )
        trail.record(
            Verb.SCIM_TOKEN_CREATED, brand=by.brand, target=name, actor=by, data={"prefix": key.prefix}
        )
    return key.secret


def revoke(token: ScimToken, *, by: Principal) -> None:
    """At once, and for good. What the directory has made stays."""
    with trail.recording():
        ended = ScimToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
        if ended:
            trail.record(
                Verb.SCIM_TOKEN_REVOKED,
                brand=token.brand,
                target=token.name,
                actor=by,
                data={"prefix": token.prefix},
            )


def of_secret(secret: str, *, at: datetime) -> ScimToken | None:
    """The token that has this secret; None for an unknown one, a revoked one, and one of a closed brand."""
    row = (
        ScimToken.objects.select_related("brand")
        .filter(prefix=keys.prefix_of(secret), revoked_at=None, brand__closed_at=None)
        .first()
    )
    if row is None or not keys.opens(secret, kept=row.digest):
        return None
    if row.last_used_at is None or row.last_used_at <= at - USE_NOTED_EVERY:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=at - USE_NOTED_EVERY)
        ScimToken.objects.filter(unnoted, pk=row.pk).update(last_used_at=at)
    return row


def address() -> str:
    """What is entered in the directory."""
    return f"{settings.PUBLIC_URL}/scim/v2"
