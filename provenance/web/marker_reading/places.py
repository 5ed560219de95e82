"""Where a marker stands, and what is read of it: what the readers of all formats share. Pure.

Places are exact: times are fractions of a second, and timecode is counted as SMPTE does (drop-frame for
29.97 and 59.94).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from dam.core import errors
from dam.core.language import gettext as _
from dam.core.language import noop, number
from dam.core.text import storable
from dam.web import timecode
from provenance.web.marker_files import LONGEST_NAME

MOST_MARKERS = 500  # those that are left out are counted, too
DEEPEST = 100  # how far one thing may stand in another
CODE = r"(\d\d)[:;](\d\d)[:;](\d\d)([:;.,])(\d{2,3})"  # five groups; Premiere has semicolons throughout
UNKNOWN = noop("This is no EDL, FCPXML, OpenTimelineIO or CSV file of comments.")
TICKS = 705_600_000  # a second: a frame of each usual rate, NTSC's too, lasts a whole number of them
SLOWEST = 23  # frames a second of a timeline, and fewer
_CODE = re.compile(CODE, re.ASCII)
_CONTROLS = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class Unreadable(errors.Refused):
    """No markers can be read out of this file; the message says why."""

    code = "markers"


class Reason(StrEnum):
    """Why a marker is left out."""

    OUTSIDE = "outside"
    NO_WORDS = "no_words"
    NO_PLACE = "no_place"  # a time that can't be read, or that the file doesn't say
    ANSWER = "answer"
    DELETED = "deleted"
    OTHER_TIMELINE = "other_timeline"
    TOO_LONG = "too_long"  # for a comment: whoever adds it says so
    THERE = "there"  # on the version already: whoever adds it says so


@dataclass(frozen=True)
class Read:
    """A marker at a frame, counted from 0; of the whole clip without one."""

    frame: int | None
    frames: int  # how many, from `frame` on
    words: str
    person: str = ""
    is_cut: bool = False  # the file had no room for more of its words


@dataclass(frozen=True)
class Left:
    reason: Reason
    place: str  # as the file says it
    words: str


@dataclass(frozen=True)
class Timed:
    """A marker by its timecode, before the beginning of the timeline is known.

    `at` counts frames from 00:00:00:00; None where this rate has no such timecode.
    """

    at: int | None
    code: str
    frames: int
    words: str
    person: str = ""
    is_cut: bool = False


@dataclass
class Sorting:
    """What was read so far, and what was left out."""

    rate: Fraction
    length: int  # of the clip, in frames
    coded: Fraction | None = None  # the rate that timecode counts in, where that isn't the clip's: for sound
    marks: list[Read] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    stated: Fraction | None = None  # the rate that the file says, in frames a second
    begins: int | None = None  # the hour of its timecode that its timeline begins at; None where it has none

    @property
    def code_rate(self) -> Fraction:
        return self.coded or self.rate

    def take(
        self, frame: int | None, frames: int, words: str, *, place: str, exact: bool = False, **more: Any
    ) -> None:
        """`exact`: the file counts in the clip's own frames."""
        if self.coded is not None and not exact and frames * SLOWEST <= self.rate:
            frames = 1  # a marker at one frame of its program is no range of sound
        if self.coded is not None and frame is not None:
            over = frame + frames - self.length
            if 0 < over < frames and over * SLOWEST <= self.rate:
                frames -= over  # a timeline ends with a whole frame
        mark = Read(frame, max(1, frames), clean(words), **more)
        if not mark.words:
            self.leave(Reason.NO_WORDS, place)
        elif mark.frame is not None and not 0 <= mark.frame <= self.length - mark.frames:
            self.leave(Reason.OUTSIDE, place, mark.words)
        else:
            self.marks.append(mark)
            self._count()

    def take_timed(self, timed: Sequence[Timed], hour: int | None) -> None:
        """Take these, of a timeline that begins at this hour; without one it is told from them."""
        if hour is None:
            hour = self._begins_at(timed)
        self.begins = hour
        start, share = timecode.first_of_hour(hour, rate=self.code_rate), self.rate / self.code_rate
        for each in timed:
            if each.at is None:
                self.leave(Reason.NO_PLACE, each.code, each.words)
            else:
                more: dict[str, Any] = {"person": each.person, "place": each.code, "is_cut": each.is_cut}
                frames = max(1, int(each.frames * share))
                self.take(math.floor((each.at - start) * share), frames, each.words, **more)

    def _begins_at(self, timed: Sequence[Timed]) -> int:
        """The hour of the first marker where none can stand from 00:00:00:00 on; else 0."""
        first = min((each.at for each in timed if each.at is not None), default=0)
        if first * self.rate < self.length * self.code_rate:
            return 0
        hours = [each for each in range(24) if timecode.first_of_hour(each, rate=self.code_rate) <= first]
        return hours[-1]

    def leave(self, reason: Reason, place: str, words: str = "") -> None:
        self.left.append(Left(reason, clean(place), clean(words)))
        self._count()

    def _count(self) -> None:
        require_few(len(self.marks) + len(self.left))


def require_few(count: int) -> None:
    if count > MOST_MARKERS:
        raise Unreadable(
            _("This file has more than %(most)s markers. Split it into several files.")
            % {"most": number(MOST_MARKERS)}
        )


def clean(text: str) -> str:
    """As comments are kept: no control characters but line breaks, no NUL, no space around.

    >>> clean(" Too\\x07 dark\\r\\nhere ")
    'Too dark\\nhere'
    """
    lines = storable(text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return _CONTROLS.sub("", lines).strip()


def frame_of(seconds: Fraction, rate: Fraction) -> int:
    """The frame that begins then, as far as rounded files say it, or else the one on screen.

    >>> frame_of(Fraction(1001, 24000), Fraction(24000, 1001)), frame_of(Fraction(1, 10), Fraction(25))
    (1, 2)
    """
    exact = seconds * rate
    nearest = round(exact)
    return nearest if abs(exact - nearest) < Fraction(1, 100) else math.floor(exact)


def in_ticks(seconds: Fraction) -> Fraction:
    """Times of any denominators would add up to ever longer fractions."""
    return Fraction(round(seconds * TICKS), TICKS)


def counted(code: str, *, rate: Fraction, drop: bool) -> int | None:
    """How many frames come before this timecode; None where there is no such timecode at this rate.

    >>> counted("00:01:00;02", rate=Fraction(30000, 1001), drop=True)
    1800
    >>> counted("00:01:00;00", rate=Fraction(30000, 1001), drop=True)  # a number that is dropped
    """
    parts = _CODE.fullmatch(code)
    if parts is None:
        return None
    hours, minutes, seconds, count = (int(parts.group(each)) for each in (1, 2, 3, 5))
    nominal = max(1, round(rate))
    if hours > 23 or minutes > 59 or seconds > 59 or count >= nominal:
        return None
    whole = ((hours * 60 + minutes) * 60 + seconds) * nominal + count
    if not timecode.drops(rate) or not (drop or parts.group(4) in ";,"):
        return whole
    skipped, minute = nominal // 15, hours * 60 + minutes
    if minute % 10 and seconds == 0 and count < skipped:
        return None
    return whole - skipped * (minute - minute // 10)


def exact_rate(rate: float, *, own: Fraction = Fraction(0)) -> Fraction:
    """What a rounded rate stands for; the clip's `own` where it is just that.

    >>> exact_rate(23.976), exact_rate(29.97002997), exact_rate(25.0)
    (Fraction(24000, 1001), Fraction(30000, 1001), Fraction(25, 1))
    """
    if abs(rate - float(own)) < 1e-9:
        return own
    whole = round(rate)
    if abs(rate - whole) < 1e-6:
        return Fraction(whole)
    ntsc = Fraction(math.ceil(rate) * 1000, 1001)
    return ntsc if abs(rate - float(ntsc)) < 0.005 else Fraction(rate).limit_denominator(1_000_000)


def named(value: str, note: str) -> tuple[str, str, bool]:
    """The words, the person and whether words were cut, of a marker's name and its note.

    >>> named("Ada: Too dark", "Too\\ndark"), named("Chapter 1", ""), named("A", "B")
    (('Too\\ndark', 'Ada', False), ('Chapter 1', '', False), ('A\\nB', '', False))
    """
    line = " ".join(note.split())
    person, colon, rest = value.partition(": ")
    if colon and person and rest and line.startswith(rest):
        return note, person, False
    if not line or line in value:
        return value, "", len(value) >= LONGEST_NAME
    return (note if value.strip() in line else f"{value}\n{note}"), "", False
