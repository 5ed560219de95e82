"""The work of the media steps: making a version's poster, sprite and proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dam.catalog import versions
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from dam.ingest import disk_space
from dam.media import runner, specs
from dam.media.probe import MediaInfo


def make_poster(version: Version) -> None:
    with _workplace(version) as (master, info, folder):
        made = folder / "poster.webp"
        size = runner.poster(master, made, info=info)
        _keep(version, RenditionKind.POSTER, made, specs.POSTER, size=size)


def make_sprite(version: Version) -> None:
    with _workplace(version) as (master, info, folder):
        made = folder / "sprite.webp"
        size, grid = runner.sprite(master, made, info=info)
        _keep(version, RenditionKind.SPRITE, made, specs.SPRITE, size=size, details=grid)


def make_proxy(version: Version) -> str:
    """Make the review proxy, and count the version's frames as the proxy has them. Returns a remark.

    What a header says and what can be decoded differ in damaged files; people review what they see.
    """
    with _workplace(version) as (master, info, folder):
        made = folder / "proxy.mp4"
        facts = runner.proxy(master, made, info=info)
        size = (facts.width, facts.height)
        _keep(version, RenditionKind.PROXY, made, specs.PROXY, size=size)
    versions.set_timeline(
        version.pk, frame_count=facts.frame_count, frame_rate=info.frame_rate, duration_ms=facts.duration_ms
    )
    remarks = list(info.warnings)
    if facts.frame_count < info.frame_count - 1:
        remarks.insert(0, f"Only {facts.frame_count} of {info.frame_count} frames could be decoded.")
    return " ".join(remarks)


@contextmanager
def _workplace(version: Version) -> Iterator[tuple[Path, MediaInfo, Path]]:
    """The master as a path, its facts, and a folder to work in."""
    disk_space.require(0)
    with storage.local_copy(version.storage_key) as master, storage.scratch() as folder:
        yield master, MediaInfo.from_json(version.media_info), folder


def _keep(
    version: Version,
    kind: RenditionKind,
    made: Path,
    spec: specs.Poster | specs.Sprite | specs.Movie,
    *,
    size: tuple[int, int],
    details: dict[str, Any] | None = None,
) -> None:
    stored = storage.put(made, brand_id=version.brand_id, suffix=spec.suffix)
    versions.keep_rendition(
        version,
        kind,
        stored,
        content_type=spec.content_type,
        width=size[0],
        height=size[1],
        details=details,
    )
