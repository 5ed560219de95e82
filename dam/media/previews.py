"""The pictures that stand for a clip, made of its frames: poster, picture and sprite.

Each raises FileRefused or MediaFailed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from dam.media import runner, specs, thumbnails
from dam.media.errors import MediaFailed
from dam.media.frames import Frame
from dam.media.probe import MediaInfo
from dam.media.runner import Told


def poster(
    path: Path,
    out: Path,
    *,
    info: MediaInfo,
    chosen: int | None = None,
    spec: specs.Poster = specs.POSTER,
    told: Told | None = None,
) -> tuple[tuple[int, int], int]:
    """Write the poster, of the chosen frame or the most telling; its size in pixels, and the frame."""
    if chosen is not None:
        candidates = [runner.frame(path, info=info, index=chosen, max_side=spec.width)]
    else:
        candidates = _sampled(path, info=info, count=spec.candidates, max_side=spec.width, told=told)
    return write_poster(candidates, out, spec=spec)


def write_poster(
    candidates: Sequence[Frame], out: Path, *, spec: specs.Poster = specs.POSTER
) -> tuple[tuple[int, int], int]:
    """The same of these frames."""
    if not candidates:
        raise MediaFailed(_("No frames can be decoded."))
    shown = thumbnails.choose_poster(candidates)
    picture = thumbnails.draw_poster(shown, spec)
    picture.save(out, "WEBP", quality=spec.quality)
    return picture.size, shown.index


def picture(
    path: Path, out: Path, *, info: MediaInfo, spec: specs.Picture = specs.PICTURE
) -> tuple[int, int]:
    """Write the still as pages show it; its width and height in pixels."""
    for frame in runner.sample_frames(path, info=info, count=1, max_side=spec.longest_side):
        shown = Image.fromarray(frame.rgb)
        shown.save(out, "WEBP", quality=spec.quality)
        return shown.size
    raise MediaFailed(_("No frames can be decoded."))


def sprite(
    path: Path,
    out: Path,
    *,
    info: MediaInfo,
    spec: specs.Sprite = specs.SPRITE,
    told: Told | None = None,
) -> tuple[tuple[int, int], dict[str, Any]]:
    """Write the sprite; its size in pixels, and its grid (thumbnails.draw_sprite)."""
    tiles = _sampled(path, info=info, count=spec.tiles, max_side=spec.tile_side, told=told)
    return write_sprite(tiles, out, spec=spec)


def write_sprite(
    tiles: Sequence[Frame], out: Path, *, spec: specs.Sprite = specs.SPRITE
) -> tuple[tuple[int, int], dict[str, Any]]:
    """The same of these frames."""
    if not tiles:
        raise MediaFailed(_("No frames can be decoded."))
    picture, details = thumbnails.draw_sprite(tiles, spec)
    picture.save(out, "WEBP", quality=spec.quality)
    return picture.size, details


def _sampled(path: Path, *, info: MediaInfo, count: int, max_side: int, told: Told | None) -> list[Frame]:
    found: list[Frame] = []
    for each in runner.sample_frames(path, info=info, count=count, max_side=max_side):
        found.append(each)
        if told is not None:
            told(len(found) / count)
    return found
