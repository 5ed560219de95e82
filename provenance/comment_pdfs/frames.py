"""The pictures of a PDF: each frame decoded once, in the sandbox, and laid on the disk."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

from PIL import Image

from dam.catalog.models import AssetKind, RenditionKind, Version
from dam.core import storage
from dam.ingest import outages
from dam.media import runner
from dam.media.errors import FileRefused, MediaFailed
from dam.media.probe import MediaInfo
from provenance.comment_pdfs import pictures
from provenance.comment_pdfs.contents import Contents, Shot

log = logging.getLogger(__name__)

MAX_SIDE = 800  # pixels: 180 to an inch where they stand on the page
ATTACHED_SIDE = 320  # pixels: 200 to an inch
AT_ONCE = 40  # frames of one decoder process


def make(
    version: Version, contents: Contents, folder: Path, *, told: Callable[[float], None]
) -> dict[str, Path]:
    """JPEGs in `folder` by the keys of their shots; none of a frame that can't be decoded.

    `told` hears how far it is, 0 to 1. Raises what says that something was away: it is worth another try.
    """
    if version.kind == AssetKind.SOUND:
        return {}
    at: dict[int, list[Shot]] = defaultdict(list)
    for shot in contents.shots:
        at[shot.frame].append(shot)
    wanted, made, done = contents.frames, {}, 0
    with ExitStack() as stack:
        try:
            path, info = stack.enter_context(_source(version))
        except FileNotFoundError:
            log.warning("The file of %s is missing from storage: its PDF has no frames.", version)
            return {}
        for start in range(0, len(wanted), AT_ONCE):
            batch = wanted[start : start + AT_ONCE]
            try:
                for frame in runner.frames_at(path, info=info, indexes=batch, max_side=MAX_SIDE):
                    made.update(_write(folder, frame.index, frame.rgb, at[frame.index]))
                    done += 1
                    told(done / len(wanted))
            except (FileRefused, MediaFailed) as problem:
                if outages.describe(problem) is not None or getattr(problem, "code", "") == "disk_full":
                    raise
                log.warning("Some frames of %s can't be decoded for a PDF: %s", version, problem)
    return made


@contextmanager
def _source(version: Version) -> Iterator[tuple[Path, MediaInfo]]:
    """What people look at, or the master until there is one. Both count the same frames."""
    kind = RenditionKind.PICTURE if version.kind == AssetKind.STILL else RenditionKind.PROXY
    shown = version.rendition_by_kind.get(kind)
    key = shown.storage_key if shown is not None else version.storage_key
    with storage.local_copy(key) as path:
        known = version.media_info if shown is None else None
        yield path, MediaInfo.from_json(known) if known else runner.probe(path)


def _write(folder: Path, index: int, rgb: pictures.Pixels, shots: list[Shot]) -> dict[str, Path]:
    """One file for all that have no drawing of their own there."""
    plain = folder / f"frame-{index}.jpg"
    made = {}
    for shot in shots:
        out = plain if shot.drawing is None else folder / f"{shot.key}.jpg"
        if not out.exists():
            pictures.with_drawing(rgb, shot.drawing).save(out, "JPEG", quality=pictures.QUALITY)
        made[shot.key] = out
    return made


def attached(contents: Contents, folder: Path) -> dict[UUID, Path]:
    """Small JPEGs of attached pictures by the keys of their files, made of what pages show of them.

    One that storage has lost is left out: its name is said all the same.
    """
    made = {}
    for file in contents.attached:
        out = folder / f"attached-{file.pk}.jpg"
        try:
            with storage.local_copy(file.preview.storage_key) as path, Image.open(path) as picture:
                picture.thumbnail((ATTACHED_SIDE, ATTACHED_SIDE))
                picture.convert("RGB").save(out, "JPEG", quality=pictures.QUALITY)
        except FileNotFoundError:
            log.warning("The preview of attachment %s is missing from storage.", file.pk)
            continue
        made[file.pk] = out
    return made
