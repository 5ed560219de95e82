"""An API token as the pages list it."""

from dataclasses import dataclass
from datetime import date, datetime

from dam.accounts import times
from dam.accounts.capabilities import PHRASES, Capability
from dam.accounts.models import ApiToken
from dam.core.language import gettext as _


@dataclass(frozen=True)
class TokenRow:
    token: ApiToken
    may: tuple[str, ...]
    is_open: bool
    has_expired: bool
    last_day: date | None  # where the brand is
    place: str


def of(token: ApiToken, *, at: datetime) -> TokenRow:
    expired = token.expires_at is not None and token.expires_at <= at
    zone = times.of_brand(token.brand)
    known = [Capability(each) for each in token.capabilities if each in set(Capability)]
    return TokenRow(
        token=token,
        may=tuple(_(PHRASES[each]) for each in known),
        is_open=token.revoked_at is None and not expired,
        has_expired=expired,
        last_day=token.expires_at.astimezone(zone).date() if token.expires_at else None,
        place=times.place(zone),
    )
