"""What the known licences of models allow, as data: licences.json. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from dam.core import licences
from dam.core.language import gettext as _
from dam.core.language import noop

TABLE = Path(__file__).with_name("licences.json")


class Commercial(StrEnum):
    YES = "yes"
    NO = "no"
    ASKS = "asks"  # the licensor wants to be asked first


# What a licence asks for that no fact about a brand answers: told, and a person judges.
CONDITIONS: Mapping[str, str] = {
    "restricted_uses": noop("Its list of forbidden uses binds everyone who gets the model or a copy of it."),
    "hundred_million_users": noop(
        "Companies with more than 100 million monthly users need a licence of their own."
    ),
    "registration": noop(
        "Commercial use needs a registration with the publisher, and ends at 1 million visits a month."
    ),
}


@dataclass(frozen=True)
class LicenceTerms:
    """What a licence says. `read` is when, at `source`; `stated_by` who says so where it wasn't read itself.

    `left_out` are the territories that it is not given for; `revenue_limit` the yearly revenue in US dollars
    from which on it is not given; `indemnity`: whoever uses the model answers to the publisher for claims.
    """

    key: str
    name: str
    commercial: Commercial
    source: str
    read: date
    stated_by: str = ""
    left_out: tuple[str, ...] = ()
    revenue_limit: int | None = None
    indemnity: bool = False
    conditions: str = ""

    @property
    def condition(self) -> str:
        """A sentence for people, or empty."""
        return _(CONDITIONS[self.conditions]) if self.conditions else ""


def find(licence: str) -> LicenceTerms | None:
    """The terms of a licence by its SPDX identifier or a hub's name for it; None where nobody stated them."""
    return _known().get(licence.strip().casefold())


def known() -> tuple[LicenceTerms, ...]:
    """Every licence of the table, once."""
    return tuple({terms.key: terms for terms in _known().values()}.values())


def name_of(licence: str) -> str:
    terms = find(licence)
    return terms.name if terms else licence


def forbids(licence: str) -> bool:
    """Whether its name alone says no to commercial use, known or not."""
    return licences.forbids_commercial_use(licence)


@lru_cache(maxsize=1)
def _known() -> Mapping[str, LicenceTerms]:
    found: dict[str, LicenceTerms] = {}
    for row in json.loads(TABLE.read_text(encoding="utf-8")):
        terms = LicenceTerms(
            key=row["key"],
            name=row["name"],
            commercial=Commercial(row["commercial"]),
            source=row["source"],
            read=date.fromisoformat(row["read"]),
            stated_by=row.get("stated_by", ""),
            left_out=tuple(row.get("left_out", ())),
            revenue_limit=row.get("revenue_limit"),
            indemnity=row.get("indemnity", False),
            conditions=row.get("conditions", ""),
        )
        for name in (terms.key, *row["also"]):
            found[name.casefold()] = terms
    return found
