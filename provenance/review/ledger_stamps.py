"""Timestamps of the ledger (RFC 3161): an authority elsewhere says how far it had come, and when.

The chain, the activity log and its anchors are all kept by this installation: whoever has its database, its
storage and its keys can make them anew. What an authority has signed they can't. So once a day the heads of
a ledger that has grown, and of the brand's activity log, are stamped (stamping_ledgers).
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dam.accounts.models import Brand
from provenance.manifests import timestamps
from provenance.manifests.timestamps import NoTimestamp, Timestamp
from provenance.review.stamp_models import LedgerStamp

FORMAT = "reelproof-ledger-stamp/1"
EACH_FOR = 60  # of the newest all go into an export and are checked; before those one a month


@dataclass(frozen=True)
class Heads:
    """How far a brand had come. Its SHA-256 over `text` is what an authority stamps."""

    brand: int
    entries: int
    head: str
    events: int
    log_head: str

    @property
    def text(self) -> str:
        """Six lines, with no line feed after the last, so that anybody can work out their SHA-256."""
        values = (self.brand, self.entries, self.head, self.events, self.log_head)
        return "\n".join((FORMAT, *map(str, values)))

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.text.encode()).digest()


@dataclass(frozen=True)
class Stamp(Heads):
    """Heads and the authority's answer over them (base64), as an export has them."""

    response: str

    def read(self) -> Timestamp:
        """What the authority said. Raises NoTimestamp where it doesn't hold, or not over these heads."""
        try:
            response, digest = base64.b64decode(self.response, validate=True), self.digest
        except ValueError as problem:  # no base64, or heads that are no text
            raise NoTimestamp(timestamps.NOT_ONE) from problem
        return timestamps.check(response, digest)

    def exported(self) -> dict[str, Any]:
        return asdict(self)


def kept(brand: Brand) -> list[Stamp]:
    """The newest, and one a month of those before, oldest first."""
    rows = LedgerStamp.objects.filter(brand=brand).order_by("-entries")
    chosen: list[Stamp] = []
    months: set[tuple[int, int]] = set()
    for row in rows.values_list("entries", "head", "events", "log_head", "at", "response").iterator():
        entries, head, events, log_head, when, response = row
        month = (when.year, when.month)
        if len(chosen) < EACH_FOR or month not in months:
            chosen.append(Stamp(brand.pk, entries, head, events, log_head, response))
        months.add(month)
    return chosen[::-1]


def read(sent: object, *, brand: object) -> Iterator[Stamp]:
    """Those of an export; what is no stamp of this brand is passed over: it vouches for nothing."""
    for each in sent if isinstance(sent, list) else ():
        try:
            stamp = Stamp(**each)
        except TypeError:
            continue
        numbers = isinstance(stamp.entries, int) and isinstance(stamp.events, int)
        texts = (stamp.head, stamp.log_head, stamp.response)
        if numbers and stamp.brand == brand and all(isinstance(text, str) for text in texts):
            yield stamp


@dataclass(frozen=True)
class Proof:
    """What stamps say of a ledger: those that hold, by the entries they are over, and how many don't."""

    holding: Mapping[int, tuple[Stamp, Timestamp]]
    void: int = 0

    @property
    def heads(self) -> dict[int, str]:
        return {entries: stamp.head for entries, (stamp, _said) in self.holding.items()}


def proof(stamps: Iterable[Stamp]) -> Proof:
    """Which of them an authority of the list has signed."""
    holding, void = {}, 0
    for stamp in stamps:
        try:
            holding[stamp.entries] = (stamp, stamp.read())
        except NoTimestamp:
            void += 1
    return Proof(holding, void)
