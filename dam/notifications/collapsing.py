"""Many things at once become one notification: "Ada commented on Summer and 41 others". Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

WINDOW = timedelta(hours=1)  # what is older stands alone
FEW = 3  # clips of one kind by one actor that are told one by one
KEPT = 50  # clips of a bundle that are remembered; the others are counted


@dataclass(frozen=True)
class Happening:
    """An event that concerns somebody; `reader` is a person's id, or a webhook's."""

    reader: int
    kind: str
    by: str  # who and what: the same thing by one person collapses, that of several does not
    event: int
    at: datetime
    asset: UUID | None = None
    as_one: bool = False  # with all others of its `by`, however few they are


@dataclass
class Bundle:
    """One notification: of one event or of many. `row` is the one it is kept in already."""

    reader: int
    kind: str
    by: str
    event: int  # the first
    at: datetime  # of the newest
    newest: int
    assets: list[UUID] = field(default_factory=list)  # of KEPT at most
    asset_count: int = 0
    count: int = 1  # events
    row: int | None = None
    changed: bool = True

    def holds(self, asset: UUID | None) -> bool:
        return asset in self.assets if asset else not self.assets

    def add(self, happening: Happening) -> None:
        asset = happening.asset
        if asset and asset not in self.assets:
            self.asset_count += 1
            if len(self.assets) < KEPT:
                self.assets.append(asset)
        self.count += 1
        self.at, self.newest, self.changed = max(self.at, happening.at), happening.event, True


def begin(happening: Happening) -> Bundle:
    assets = [happening.asset] if happening.asset else []
    return Bundle(
        happening.reader,
        happening.kind,
        happening.by,
        happening.event,
        happening.at,
        happening.event,
        assets,
        len(assets),
    )


def collapse(happenings: Iterable[Happening], *, known: Iterable[Bundle] = ()) -> list[Bundle]:
    """What is new or has changed, of what is `known` (unread, and within WINDOW) and what happened, in order.

    A clip's events of one kind by one actor are one bundle. So are more than FEW clips, and those `as_one`.
    """
    bundles: dict[tuple[int, str, str], list[Bundle]] = {}
    for bundle in known:
        bundle.changed = False
        bundles.setdefault((bundle.reader, bundle.kind, bundle.by), []).append(bundle)
    groups: dict[tuple[int, str, str], list[Happening]] = {}
    for happening in happenings:
        groups.setdefault((happening.reader, happening.kind, happening.by), []).append(happening)
    for key, group in groups.items():
        _collapse_group(bundles.setdefault(key, []), group)
    return [bundle for group in bundles.values() for bundle in group if bundle.changed]


def _collapse_group(bundles: list[Bundle], group: Sequence[Happening]) -> None:
    fresh = {
        happening.asset for happening in group if not any(each.holds(happening.asset) for each in bundles)
    }
    storm = next((each for each in bundles if each.asset_count > 1), None)
    many = len(bundles) + len(fresh) > FEW or any(happening.as_one for happening in group)
    if storm is None and many and bundles:
        storm = max(bundles, key=lambda each: each.at)
    for happening in group:
        there = next((each for each in bundles if each.holds(happening.asset)), None) or storm
        if there is not None:
            there.add(happening)
            continue
        bundles.append(begin(happening))
        if many:
            storm = bundles[-1]
