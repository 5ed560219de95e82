"""What a card of the library shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import ngettext

from dam.catalog.models import Asset, AssetKind, Rendition, RenditionKind, Version
from dam.core.language import number
from dam.rights import terms
from dam.search import prompt_ranking
from dam.search.results import Hit, Match, Moment, Passage
from dam.search.similar_prompts import Near
from dam.search.strengths import Strength
from dam.web import timecode, usage_status

# What a strip has room for.
MOST_MOMENTS = 5


@dataclass(frozen=True)
class MomentLink:
    """A moment on a card. `frame` is its frame of the clip, `query` the end of an address that plays it."""

    moment: Moment
    frame: int
    query: str
    is_best: bool = False


@dataclass(frozen=True)
class AssetCard:
    """`sprite` is the sprite's grid ({"columns", "rows", "frames"}), if there is a sprite."""

    asset: Asset
    version: Version
    has_poster: bool
    sprite: dict[str, Any] | None
    warning: str
    held: bool = False  # under legal hold, and whoever asks is told
    favourite: bool = False  # of whoever asks
    best: MomentLink | None = None
    strip: tuple[MomentLink, ...] = ()  # in time order, where there is more than one
    strength: Strength | None = None
    versions: int = 1  # of the clip, for who is shown more than what is released
    seen: bool = False  # found by what is seen in it
    passages: tuple[Passage, ...] = ()

    @property
    def stack(self) -> str:
        """How many versions there are, in words."""
        told = ngettext("%(count)s version", "%(count)s versions", self.versions)
        return told % {"count": number(self.versions)}

    @property
    def query(self) -> str:
        return self.best.query if self.best else ""


def of(asset: Asset, *, at: datetime, hit: Hit | None = None, near: Near | None = None) -> AssetCard:
    """`asset` with its parts, as dam.search.search.with_parts fetches them; `near` of its prompt."""
    version = asset.shown
    version.asset = asset  # the same row: the terms need not fetch it again
    renditions = version.rendition_by_kind
    timed = hit if version.kind != AssetKind.STILL else None  # a still has no moments
    return AssetCard(
        asset=asset,
        version=version,
        has_poster=RenditionKind.POSTER in renditions,
        sprite=_grid(renditions.get(RenditionKind.SPRITE)),
        held=asset.shows_hold,
        favourite=asset.is_favourite,
        warning=usage_status.warning(terms=terms.of(version), at=at),
        best=_link(version, timed.moment, best=True) if timed and timed.moment else None,
        strip=_strip(version, timed) if timed else (),
        strength=hit.strength if hit else None,
        versions=version.number if asset.shows_drafts else 1,  # numbered without a gap
        seen=hit is not None and hit.matched != Match.WORDS,
        passages=prompt_ranking.with_prompt(hit.passages if hit else (), version, near),
    )


def _strip(version: Version, hit: Hit) -> tuple[MomentLink, ...]:
    """The best moment and others beside it, as many as there is room for."""
    if len(hit.moments) < 2:
        return ()
    others = [moment for moment in hit.moments if moment != hit.moment]
    kept = others[: MOST_MOMENTS - 1 if hit.moment else MOST_MOMENTS]
    shown = sorted([*kept, *([hit.moment] if hit.moment else [])], key=lambda moment: moment.start_ms)
    return tuple(_link(version, moment, best=moment == hit.moment) for moment in shown)


def _link(version: Version, moment: Moment, *, best: bool) -> MomentLink:
    query = f"?t={moment.start_ms / 1000:.3f}"
    if moment.end_ms > moment.start_ms and not _is_whole(version, moment):
        query += f"&to={moment.end_ms / 1000:.3f}"
    return MomentLink(moment=moment, frame=_frame(version, moment.at_ms), query=query, is_best=best)


def _is_whole(version: Version, moment: Moment) -> bool:
    """To mark all of a clip would mark nothing."""
    return moment.start_ms == 0 and moment.end_ms >= (version.duration_ms or 0)


def _frame(version: Version, at_ms: int) -> int:
    """The frame of the clip that is shown then."""
    if not version.rate_numerator or not version.rate_denominator:
        return 0
    return timecode.frame_at(at_ms, rate=Fraction(version.rate_numerator, version.rate_denominator))


def all_of(assets: Iterable[Asset], *, at: datetime) -> tuple[AssetCard, ...]:
    return tuple(of(asset, at=at) for asset in assets)


def _grid(sprite: Rendition | None) -> dict[str, Any] | None:
    return sprite.details if sprite and sprite.details.get("frames") else None
