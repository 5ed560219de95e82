"""Which release do a file's invisible watermarks lead to? A mark proves that the pictures were made here from
that clip, and not that they are unchanged."""

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone
from PIL import Image

from dam.media import budgets, invisible_watermark, runner
from dam.media.errors import FileRefused, MediaFailed
from dam.media.fingerprints import Grey
from dam.media.invisible_watermark import Found
from dam.media.probe import Kind
from dam.media.sniffer import ANIMATED_WEBP
from provenance.releases import known
from provenance.releases.models import Release
from provenance.watermarks import keys
from provenance.watermarks.models import Watermark

log = logging.getLogger(__name__)

WHOLE = 0.98  # of the side: what shows less was cropped


@dataclass(frozen=True)
class Watermarked:
    """A release that a file's watermark leads to, how sure that is (Found.agreement), and what was done."""

    release: int
    identifier: int
    agreement: float
    cropped: bool = False
    mirrored: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def look(path: Path) -> list[Watermarked]:
    """The releases that its watermarks lead to and that may be named, the surest first; none of what has
    no pictures.

    Reads it for some seconds at most.
    """
    try:
        found = invisible_watermark.find(list(pictures(path)), keys.every())
    except (FileRefused, MediaFailed) as problem:
        log.info("No watermark was looked for in %s: %r", path.name, problem)
        return []
    return [one for each in found if (one := _known(each)) is not None]


def of(identifier: int) -> Release | None:
    """The release that has it in its pictures: of several the first by in_use_first."""
    mark = Watermark.objects.filter(pk=identifier).first()
    if mark is None:
        return None
    signed = Release.objects.filter(signed_at__isnull=False)
    mine = signed.filter(pk=mark.release_id) if mark.release_id else signed.filter(version=mark.version_id)
    return mine.order_by(*known.in_use_first()).first()


def _known(found: Found) -> Watermarked | None:
    release = of(found.identifier)
    # Nobody is told of one before its first day: then another that it looks like may be named in its place.
    if release is None or known.of(release, at=timezone.now()).under_embargo:
        return None
    return Watermarked(
        release.pk,
        found.identifier,
        round(found.agreement, 3),
        cropped=found.shown < WHOLE,
        mirrored=found.mirrored,
    )


def pictures(path: Path) -> Iterator[Grey]:
    """The frames to look at, of a film spread over its length. Raises FileRefused or MediaFailed."""
    info = runner.probe(path, limits=budgets.ASKED)
    if info.kind is Kind.STILL:
        yield _grey(runner.still(path, max_side=invisible_watermark.SIDE))
        return
    long = budgets.is_long(frames=info.frame_count, pixels=info.width * info.height)
    if info.kind is not Kind.VIDEO or info.format is ANIMATED_WEBP or long:
        return
    count = min(invisible_watermark.FRAMES, max(1, info.frame_count))
    for frame in runner.sample_frames(
        path, info=info, count=count, max_side=invisible_watermark.SIDE, limits=budgets.ASKED
    ):
        yield _grey(frame.rgb)


def _grey(rgb: Any) -> Grey:
    return np.asarray(Image.fromarray(rgb).convert("L"), np.float32)
