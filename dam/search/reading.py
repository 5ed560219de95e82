"""The step that finds what is written in a version's picture, on the frames that search keeps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from dam.catalog.models import Version
from dam.core.lazily import lazy
from dam.media.runner import Told
from dam.search import footage, timed_texts
from dam.search.models import TimedTextKind
from dam.search.timed_texts import Line

CONFIDENT = 0.8
SHORTEST = 2  # letters and digits
ALIKE = 0.8  # share of two lines, beyond which one is a misreading of the other
MOST = 150  # frames that are read of one clip

NOTHING = lazy("No on-screen text was found.")


@dataclass(frozen=True)
class Written:
    text: str
    confidence: float  # 0 to 1


class Reader(Protocol):
    def read(self, picture: NDArray[np.uint8]) -> list[Written]:
        """The lines in an RGB picture [H, W, 3], from top to bottom."""


class NoReader(Exception):
    """None is installed; the message says so, for people."""


@dataclass(frozen=True)
class Page:
    """What one frame says, and how long it stands for the clip."""

    start_ms: int
    end_ms: int
    lines: tuple[Written, ...]


def read(version: Version, *, reader: Reader | None = None, told: Told | None = None) -> str:
    """Keep what is written in the version, in place of what was kept; a remark for people.

    `told` hears now and then how much is done, 0 to 1. Raises NoReader and media errors.
    """
    reader = reader or installed()
    pages: list[Page] = []
    with footage.of(version) as found:
        times = [(time_ms, found.shots[shot].end_ms) for _, time_ms, shot in found.kept]
        chosen = {len(times) * place // MOST for place in range(MOST)} if len(times) > MOST else None
        for place, frame in enumerate(found.frames):
            if chosen is not None and place not in chosen:
                continue
            if told is not None:
                told(place / len(times))
            time_ms, shot_end = times[place]
            following = times[place + 1][0] if place + 1 < len(times) else shot_end
            lines = tuple(filter(is_sure, reader.read(frame.rgb)))
            pages.append(Page(time_ms, max(time_ms, min(following, shot_end)), lines))
    kept = timed_texts.keep(version, TimedTextKind.WRITTEN, merged(pages))
    if not kept:
        return NOTHING
    return (
        (_("Read on %(most)s of %(times)s frames.") % {"most": MOST, "times": len(times)})
        if chosen is not None
        else ""
    )


def installed() -> Reader:
    """The reader that comes with the project. Raises NoReader."""
    if not settings.RECOGNITION:
        raise NoReader(_("Reading on-screen text is turned off on this installation."))
    from dam.search import ocr  # workers alone load it

    return ocr.load()


def is_sure(written: Written) -> bool:
    letters = sum(character.isalnum() for character in written.text)
    return written.confidence >= CONFIDENT and letters >= SHORTEST


def merged(pages: Sequence[Page]) -> list[Line]:
    """A line for as long as it stands: pages after one another that say (nearly) the same are one.

    Of several readings the surest is kept.
    """
    done: list[Line] = []
    standing: list[Line] = []
    for page in pages:
        still: list[Line] = []
        for written in page.lines:
            before = next((line for line in standing if _alike(line.text, written.text)), None)
            if before is None:
                still.append(Line(page.start_ms, page.end_ms, written.text, confidence=written.confidence))
                continue
            standing.remove(before)
            surer = written.confidence > (before.confidence or 0)
            still.append(
                Line(
                    before.start_ms,
                    page.end_ms,
                    written.text if surer else before.text,
                    confidence=max(written.confidence, before.confidence or 0),
                )
            )
        done += standing
        standing = still
    return sorted(_rounded([*done, *standing]), key=lambda line: line.start_ms)


def _rounded(lines: Iterable[Line]) -> list[Line]:
    return [Line(each.start_ms, each.end_ms, each.text, "", round(each.confidence or 0, 3)) for each in lines]


def _alike(one: str, other: str) -> bool:
    one, other = ("".join(filter(str.isalnum, text.casefold())) for text in (one, other))
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
