"""Which clips look like a version, with frames that show it: what whoever decides about it is shown.

Of clips that this person sees, the nearest first. Those that have the same bytes are among them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.accounts.principals import Principal
from dam.catalog.models import RenditionKind, Version
from dam.duplicates import finding
from dam.duplicates.models import NearPair, VersionPrint
from dam.ingest.models import Step, StepState
from dam.media import fingerprints
from dam.media.fingerprints import Fingerprint
from dam.rights.visibility import visible_versions

MOST = 12
STEP = "duplicates"
SAME = 1_000  # versions of the same bytes whose pairs are asked for


@dataclass(frozen=True)
class Frame:
    """A frame of a version; `tiles` are the details of its sprite, empty of an image."""

    version: Version
    number: int
    tiles: Mapping[str, Any]


@dataclass(frozen=True)
class Lookalike:
    """The other clip's `version`. `pair` is None where both have the same bytes."""

    version: Version
    pair: NearPair | None
    here: Frame | None = None  # of what is looked at, and of the other, the frames nearest one another
    there: Frame | None = None

    @property
    def percent(self) -> int:
        return round(self.pair.share * 100) if self.pair is not None else 100

    def kept(self) -> dict[str, object]:
        told_apart = self.pair is not None and self.pair.different_at is not None
        return {
            "asset": str(self.version.asset_id),
            "version": str(self.version.pk),
            "sha256": self.version.sha256,
            "percent": self.percent,
            "marked_different": told_apart,
        }


@dataclass(frozen=True)
class Found:
    """`rows` are MOST at most; `more`: there are others. `looked`: all of the library was looked through."""

    rows: tuple[Lookalike, ...] = ()
    more: bool = False
    looked: bool = False

    def kept(self) -> dict[str, object]:
        """As the record of a decision has it."""
        return {"looked": self.looked, "more": self.more, "found": [each.kept() for each in self.rows]}


def summed_up(kept: Mapping[str, Any]) -> str:
    """What the record of a decision has of it (Found.kept), in words within a line."""
    count = len(kept["found"])
    if not count:
        return _("no look-alikes known") if kept["looked"] else _("not compared with the library")
    if kept["more"]:
        return _("more than %(count)s look-alikes known") % {"count": count}
    return ngettext("%(count)s look-alike known", "%(count)s look-alikes known", count) % {"count": count}


def of(version: Version, *, to: Principal) -> Found:
    """Without frames: what a record needs, in a handful of queries.

    A pair is about contents: which of several versions of the same bytes it names is chance.
    """
    seen = visible_versions(to).exclude(asset=version.asset_id).select_related("asset", "brand")
    content = {"brand": version.brand_id, "sha256": version.sha256}
    same = seen.filter(**content).order_by("asset", "-number").distinct("asset")
    rows = [Lookalike(each, None) for each in same.prefetch_related("renditions")[: MOST + 1]]
    known = {each.version.asset_id for each in rows}
    newest = Version.objects.filter(**content).order_by("-created_at", "-pk")
    here = {version.pk, *newest.values_list("pk", flat=True)[:SAME]}
    visible = seen.order_by().values("pk")  # what they don't see takes no room of the others
    pairs = list(
        NearPair.objects.filter(Q(one__in=here, two__in=visible) | Q(two__in=here, one__in=visible))
        .select_related("different_by")
        .order_by("-share", "-pk")[: 10 * MOST]
    )
    sides = {pair.pk: pair.two_id if pair.one_id in here else pair.one_id for pair in pairs}
    there = seen.filter(pk__in=[key for key in sides.values() if key]).prefetch_related("renditions")
    others = {each.pk: each for each in there}
    for pair in pairs:
        other = others.get(sides[pair.pk])  # type: ignore[arg-type]
        if other is not None and other.asset_id not in known:
            known.add(other.asset_id)
            rows.append(Lookalike(other, pair))
    # Skipped it had no picture to compare: nothing is known of what looks like it.
    looked = Step.objects.filter(version=version, name=STEP, state=StepState.DONE)
    return Found(tuple(rows[:MOST]), len(rows) > MOST, looked.exists())


def shown(version: Version, *, to: Principal) -> Found:
    """The same, with the frames that are nearest one another."""
    found = of(version, to=to)
    keys = [version.pk, *(each.version.pk for each in found.rows if each.pair is not None)]
    prints = dict(_prints(keys)) if len(keys) > 1 else {}
    rows = (_with_frames(version, each, prints) for each in found.rows)
    return Found(tuple(rows), found.more, found.looked)


def _prints(keys: list[UUID]) -> Iterator[tuple[UUID, Fingerprint]]:
    for row in VersionPrint.objects.filter(version__in=keys, method=finding.METHOD):
        yield row.version_id, Fingerprint.from_bytes(bytes(row.content), length_ms=row.length_ms)


def _with_frames(version: Version, row: Lookalike, prints: Mapping[UUID, Fingerprint]) -> Lookalike:
    one, other = prints.get(version.pk), prints.get(row.version.pk)
    places = fingerprints.closest(one, other) if one and other else None
    if places is None:
        return Lookalike(row.version, row.pair)
    return Lookalike(row.version, row.pair, _frame(version, places[0]), _frame(row.version, places[1]))


def _frame(version: Version, place: int) -> Frame | None:
    """The one of the sprite's frames that stands there, in thousandths."""
    sprite = version.rendition_by_kind.get(RenditionKind.SPRITE)
    frames = sprite.details.get("frames") if sprite else None
    if not frames or sprite is None or not version.frame_count:
        return None
    wanted = place * version.frame_count / 1000
    return Frame(version, min(frames, key=lambda each: abs(each - wanted)), sprite.details)
