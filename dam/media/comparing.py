"""Where the pictures of two versions differ: worked out by a worker, and kept for whoever compares them next.

The process that answers pages decodes no picture. Whoever asks first sends the task; the page asks again.
"""

import hashlib
from dataclasses import dataclass
from fractions import Fraction

import redis
from django.core.cache import cache
from kombu.exceptions import OperationalError

from dam.catalog.models import Rendition, RenditionKind, Version
from dam.core import storage, tasks
from dam.media import differences
from dam.media.differences import Stretch

DAY = 24 * 3600
ASKED_SECONDS = 30  # a task may be under way, before another asker sends it again


@dataclass(frozen=True)
class Compared:
    """`stretches` is None where nothing is known: they have no pictures, or a worker is still at it."""

    stretches: tuple[Stretch, ...] | None = None
    under_way: bool = False


def ask(one: Version, two: Version) -> Compared:
    """What a worker found, if it has looked. Ask for visible versions alone."""
    if (place := _place(one, two)) is None:
        return Compared()
    try:
        if (kept := cache.get(place)) is not None:
            return _read(kept)
        if cache.add(f"{place}:asked", 1, ASKED_SECONDS):
            ids = {"one_id": str(one.pk), "two_id": str(two.pk)}
            tasks.send("media.compare_pictures", expires=ASKED_SECONDS, **ids)
    except (redis.RedisError, OperationalError):
        return Compared()  # the rest of the page says enough
    return Compared(under_way=True)


def answer(one: Version, two: Version) -> None:
    """Look at both and keep what was found. Harmless twice."""
    place = _place(one, two)
    if place is None or cache.get(place) is not None:
        return
    sheets = [_tiles(version) for version in (one, two)]
    kept = None
    if all(sheets):
        found = differences.between(sheets[0], sheets[1], until_ms=one.duration_ms or 0)
        kept = [[stretch.start_ms, stretch.end_ms] for stretch in found]
    cache.set(place, {"stretches": kept}, DAY)


def _read(kept: dict[str, list[list[int]] | None]) -> Compared:
    stretches = kept["stretches"]
    if stretches is None:
        return Compared()
    return Compared(tuple(Stretch(start, end) for start, end in stretches))


def _place(one: Version, two: Version) -> str | None:
    """Where the answer is kept, by all that it depends on; None where there is nothing to compare."""
    sprites = [_sprite(version) for version in (one, two)]
    if not all(sprites):
        return None
    said = [sprite.storage_key for sprite in sprites if sprite]
    said += [f"{each.rate_numerator}/{each.rate_denominator}" for each in (one, two)]
    digest = hashlib.sha256("\0".join([*said, str(one.duration_ms)]).encode()).hexdigest()[:32]
    return f"pictures-apart:{digest}"


def _sprite(version: Version) -> Rendition | None:
    sprite = version.rendition_by_kind.get(RenditionKind.SPRITE)
    known = sprite is not None and sprite.details.get("frames") and version.rate_numerator
    return sprite if known else None


def _tiles(version: Version) -> list[differences.Tile]:
    sprite = _sprite(version)
    if sprite is None:
        return []
    try:
        with storage.open_file(sprite.storage_key, start=0, stop=sprite.size) as file:
            content = file.read()
    except FileNotFoundError:
        return []
    rate = Fraction(version.rate_numerator or 1, version.rate_denominator or 1)
    return differences.tiles(content, sprite.details, rate=rate)
