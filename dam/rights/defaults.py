"""What a brand usually clears its clips for: an approval's form begins with it, and the reviewer decides.

It is no fact about a clip before that, so nothing that is not approved looks cleared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dam.rights import territories
from dam.rights.policy import Use


@dataclass(frozen=True)
class DefaultRights:
    """Uses and territories (none: nothing is suggested), and for how many days from an approval on."""

    uses: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    days: int | None = None

    def last_day(self, today: date) -> date | None:
        return today + timedelta(days=self.days) if self.days else None

    def kept(self) -> dict[str, Any]:
        """As Brand.default_rights holds it."""
        kept = {"uses": list(self.uses), "territories": list(self.territories), "days": self.days}
        return {name: value for name, value in kept.items() if value}


def read(kept: Mapping[str, Any]) -> DefaultRights:
    """What Brand.default_rights says; what is no longer known is left out."""
    days = kept.get("days")
    return DefaultRights(
        uses=tuple(use for use in _words(kept.get("uses")) if use in _USES),
        territories=tuple(place for place in _words(kept.get("territories")) if territories.known(place)),
        days=days if isinstance(days, int) and days > 0 else None,
    )


_USES = frozenset(use.value for use in Use)


def _words(value: Any) -> Iterable[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
