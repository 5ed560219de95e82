"""Which renditions one decoding of a master makes: those that go through all of its pictures anyway. Pure.

Looking at every picture (dam.media.watching) does. Poster and sprite seek in what is long, and are there much
sooner by that.
"""

from dam.media import frames, specs
from dam.media.probe import Kind, MediaInfo
from dam.media.watching import Wishes

# Megapixels decoded, about five minutes of 1080p: people wait for a poster.
MOST = 15_000


def kinds(info: MediaInfo) -> tuple[str, ...]:
    """Of dam.media.specs; none where there are no two."""
    if info.kind is not Kind.VIDEO or info.frame_count * info.width * info.height > MOST * 1_000_000:
        return ()
    counts = {"poster": specs.POSTER.candidates, "sprite": specs.SPRITE.tiles}
    through = [kind for kind, count in counts.items() if _goes_through(info, count)]
    return (*through, "frames") if through else ()


def wishes(info: MediaInfo, *, chosen: int | None) -> Wishes:
    """The frames that poster and sprite are made of, as far as these are among its kinds."""
    poster = frames.choose(info, count=specs.POSTER.candidates)
    if chosen is not None:
        poster = [min(chosen, max(info.frame_count - 1, 0))]
    every = {
        "poster": (specs.POSTER.width, poster),
        "sprite": (specs.SPRITE.tile_side, frames.choose(info, count=specs.SPRITE.tiles)),
    }
    return {kind: wish for kind, wish in every.items() if kind in kinds(info)}


def _goes_through(info: MediaInfo, count: int) -> bool:
    return info.counted or info.frame_count <= count * frames.SEEK_BEYOND_FRAMES
