"""What ends soon and somebody should know: certificates, licences of models, rights of clips.

Packages above this one add their own sources as their app starts: `expiring.SOURCES.append(certificates)`.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dam.accounts import times
from dam.accounts.principals import Principal
from dam.rights import ending
from dam.rights.models import RightsEnd

log = logging.getLogger(__name__)

SOON = timedelta(days=30)
MOST_RIGHTS = 20


@dataclass(frozen=True)
class Expiring:
    """Something whose time ends: a name, when (None: it is unfit as it is), and what to do about it."""

    name: str
    ends_at: datetime | None
    advice: str
    soon: timedelta = SOON

    def is_due(self, at: datetime) -> bool:
        return self.ends_at is None or self.ends_at <= at + self.soon

    def is_over(self, at: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= at


Source = Callable[[datetime], Iterable[Expiring]]
SOURCES: list[Source] = []


def of_installation(at: datetime) -> list[Expiring]:
    """Certificates and the like, the first to end first. A source that fails is logged and left out."""
    found: list[Expiring] = []
    for source in SOURCES:
        try:
            found += source(at)
        except Exception:
            log.exception("What ends soon could not be found out.")
    return sorted(found, key=lambda each: (each.ends_at is not None, each.ends_at or at))


def rights_ending(principal: Principal, at: datetime) -> list[RightsEnd]:
    """What ends first within a month, of what they see: the beginning of that list."""
    span = ending.of_window(ending.Window.MONTH, at=times.here(principal.brand, at=at))
    found, _more = ending.page(ending.seen(principal, ending.Wanted()), span, after=None, size=MOST_RIGHTS)
    return found
