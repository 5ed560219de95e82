"""Does a preset's movie look like the release that it is made of? Made again once where it doesn't."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from dam.media import preset_files, quality
from dam.media.errors import FileRefused, MediaFailed
from dam.media.preset_files import Made, Request
from dam.media.presets import Medium
from dam.media.probe import MediaInfo
from dam.media.quality import Score

log = logging.getLogger(__name__)

FIRST = 0.7  # of the way: then it is measured, and made again where that helps


@dataclass(frozen=True)
class Movie:
    """A finished file. `score` is None where nothing was measured; `first` is of a try that was given up."""

    made: Made
    score: Score | None = None
    first: Score | None = None


def make(
    source: Path, out: Path, *, info: MediaInfo, request: Request, told: Callable[[float], None]
) -> Movie:
    """As dam.media.preset_files.make, above the floor where a higher rate is allowed and enough for it."""
    floor = settings.DOWNLOAD_QUALITY_FLOOR
    see_through = info.transparent and bool(request.recipe.spec.see_through)  # it has no one look
    movie = request.recipe.spec.medium is Medium.VIDEO and not see_through
    if not floor or not movie or not quality.can_measure():
        return Movie(preset_files.make(source, out, info=info, request=request, told=told))
    made = preset_files.make(source, out, info=info, request=request, told=lambda done: told(FIRST * done))
    score = _measure(source, out, info=info, request=request)
    if score is None or score.mean >= floor or not _can_do_better(request):
        return Movie(made, score)
    second, again = out.with_stem(f"{out.stem}-again"), replace(request, better=True)
    try:
        better = preset_files.make(
            source, second, info=info, request=again, told=lambda done: told(FIRST + (1 - FIRST) * done)
        )
    except (MediaFailed, FileRefused) as problem:  # too large, or too long in the making: the first is whole
        log.warning("A download couldn't be made at a higher rate: %s", problem)
        return Movie(made, score)
    improved = _measure(source, second, info=info, request=again)
    if improved is None or improved.mean <= score.mean:
        return Movie(made, score)
    second.replace(out)
    return Movie(better, improved, first=score)


def _can_do_better(request: Request) -> bool:
    """Whoever set a limit gets no larger file than that, however it looks."""
    return bool(request.recipe.spec.better) and request.recipe.most_kbps is None


def _measure(source: Path, made: Path, *, info: MediaInfo, request: Request) -> Score | None:
    try:
        return quality.measure_preset(source, made, info=info, request=request)
    except (MediaFailed, FileRefused) as problem:  # the file is what was asked for all the same
        log.warning("A download couldn't be compared with its release: %s", problem)
        return None
