"""API tokens: a program acts for the person who made the token, and may do a part of what they may."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import keys, times
from dam.accounts.capabilities import PHRASES, TOKEN_MAY, Capability
from dam.accounts.models import ApiToken
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors


class TokenRefused(errors.Refused):
    """There is no such token to be made or ended; `code` for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


def create(
    *,
    by: Principal,
    name: str,
    capabilities: Iterable[Capability],
    last_day: date | None = None,
    at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A token of the member's own, and its secret, which is shown this once. Raises TokenRefused.

    It works until the end of its last day, where the brand is.

    Raises PermissionDenied for whoever is no member: a token that leaked must not make itself another.
    """
    if not isinstance(by, Member):
        raise PermissionDenied(_("Sign in to create API tokens."))
    at = at or timezone.now()
    granted = _granted(by, capabilities)
    name = " ".join(name.split())
    if not name:
        raise TokenRefused("no_name", _("Enter a name that says which program uses the token."))
    if len(name) > ApiToken.LONGEST_NAME:
        raise TokenRefused(
            "name_too_long",
            (
                _("A token's name has at most %(longest_name)s characters; this one has %(value)s.")
                % {"longest_name": ApiToken.LONGEST_NAME, "value": len(name)}
            ),
        )
    expires_at = times.end_of_day(last_day, times.of_brand(by.brand)) if last_day else None
    if expires_at is not None and expires_at <= at:
        raise TokenRefused("past_date", _("This date has passed. Choose a later date."))
    key = keys.new(keys.KeyKind.TOKEN)
    with trail.recording():
        token = ApiToken.objects.create(
            brand=by.brand,
            owner=by.user,
            name=name,
            prefix=key.prefix,
            digest=key.digest,
            capabilities=granted,
            created_at=at,
            expires_at=expires_at,
        )
        data = {
            "token": key.prefix,
            "capabilities": granted,
            "expires_at": expires_at and expires_at.isoformat(),
        }
        trail.record(Verb.TOKEN_CREATED, brand=by.brand, target=name, actor=by, data=data, at=at)
    return token, key.secret


def revoke(token: ApiToken, *, by: Principal, at: datetime | None = None) -> None:
    """End a token: its owner may, and whoever manages the brand. Raises TokenRefused, PermissionDenied."""
    if by.brand != token.brand or not (by.user == token.owner or by.can(Capability.MANAGE_BRAND)):
        raise PermissionDenied(_("Only its owner or an administrator of the brand can revoke a token."))
    at = at or timezone.now()
    with trail.recording():
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            raise TokenRefused("revoked", _("This token has already been revoked."))
        data = {"token": token.prefix, "owner": str(token.owner)}
        trail.record(Verb.TOKEN_REVOKED, brand=token.brand, target=token.name, actor=by, data=data, at=at)


def _granted(by: Member, capabilities: Iterable[Capability]) -> list[str]:
    chosen = frozenset(capabilities)
    if not chosen:
        raise TokenRefused("no_capabilities", _("Choose what the token can do."))
    beyond = chosen - (by.capabilities & TOKEN_MAY)
    if beyond:
        words = ", ".join(_(PHRASES[each]) for each in Capability if each in beyond)
        raise TokenRefused("beyond_owner", (_("You can't grant a token: %(words)s.") % {"words": words}))
    return sorted(each.value for each in chosen)
