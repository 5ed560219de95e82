"""What a card of the library shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dam.catalog.models import Asset, Rendition, RenditionKind, Version
from dam.rights import terms
from dam.search.results import Hit, Match, Moment
from dam.web import usage_status


@dataclass(frozen=True)
class AssetCard:
    """`sprite` is the sprite's grid ({"columns", "rows", "frames"}), if there is a sprite."""

    asset: Asset
    version: Version
    has_poster: bool
    sprite: dict[str, Any] | None
    warning: str
    moment: Moment | None = None
    seen: bool = False  # found by what is seen in it

    @property
    def starts_at(self) -> str:
        """The moment's start in seconds, for the address of the asset page."""
        return f"{self.moment.start_ms / 1000:.3f}" if self.moment else ""


def of(asset: Asset, *, at: datetime, hit: Hit | None = None) -> AssetCard:
    """`asset` with its parts, as dam.search.search.with_parts fetches them."""
    version = asset.shown
    version.asset = asset  # the same row: the terms need not fetch it again
    renditions = {each.kind: each for each in version.renditions.all()}
    return AssetCard(
        asset=asset,
        version=version,
        has_poster=RenditionKind.POSTER in renditions,
        sprite=_grid(renditions.get(RenditionKind.SPRITE)),
        warning=usage_status.warning(terms=terms.of(version), at=at),
        moment=hit.moment if hit else None,
        seen=hit is not None and hit.matched != Match.WORDS,
    )


def all_of(assets: Iterable[Asset], *, at: datetime) -> tuple[AssetCard, ...]:
    return tuple(of(asset, at=at) for asset in assets)


def _grid(sprite: Rendition | None) -> dict[str, Any] | None:
    return sprite.details if sprite and sprite.details.get("frames") else None
