"""Markers out of files of editing programs: CMX 3600 EDL, FCPXML, OpenTimelineIO, and CSV. Pure.

The way back of `marker_files`. Every file is hostile: its size, its markers and its depth are bounded, what
it costs grows with its size alone, XML may declare no entity, and whatever is wrong with it raises Unreadable
and nothing else.
"""

import csv
from dataclasses import dataclass
from fractions import Fraction
from xml.parsers import expat

from dam.core.language import gettext as _
from provenance.web.marker_reading import edl, fcpxml, otio, sheets
from provenance.web.marker_reading.places import UNKNOWN, Left, Read, Sorting, Unreadable

MOST_BYTES = 2_000_000
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # what UTF-16 begins with


@dataclass(frozen=True)
class Found:
    kind: str  # edl, fcpxml, otio, csv
    marks: tuple[Read, ...]
    left: tuple[Left, ...]
    rate: Fraction | None = None  # that the file says
    hour: int | None = None  # at which the timeline begins; None where nothing is by timecode


def read(
    content: bytes,
    *,
    rate: Fraction | None,
    frames: int,
    hour: int | None = None,
    coded: Fraction | None = None,
) -> Found:
    """The markers of a file, for a clip of so many frames at this rate; None where it has no time.

    `coded` is the rate of its timecode, where that isn't the clip's: a sound has milliseconds as frames.
    `hour` is where its timeline begins, 0 to 23; without it that is told from the first timecodes. The format
    is told by the content. Raises Unreadable.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is too large. Files can be up to 2 MB."))
    sorting = Sorting(rate or Fraction(1), frames, coded)
    try:
        kind = _sort(content, sorting, has_frames=rate is not None, hour=hour)
    except (expat.ExpatError, csv.Error, ValueError, LookupError, RecursionError, ArithmeticError):
        raise Unreadable(
            _("The file is damaged: it can't be read to its end. Export it once more and try again.")
        ) from None
    if not sorting.marks and not sorting.left:
        raise Unreadable(_("This file has no markers or comments."))
    return Found(kind, tuple(sorting.marks), tuple(sorting.left), sorting.stated, sorting.begins)


def _sort(content: bytes, sorting: Sorting, *, has_frames: bool, hour: int | None) -> str:
    """Read all of it; which format it is in."""
    begun = content.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    if begun == b"<":
        _require(has_frames)
        fcpxml.read(content, sorting)
        return "fcpxml"
    if begun == b"{":
        _require(has_frames)
        otio.read(content, sorting)
        return "otio"
    text = _decoded(content)
    if edl.is_one(text):
        _require(has_frames)
        edl.read(text, sorting, hour)
        return "edl"
    sheets.read(text, sorting, hour)
    return "csv"


def _require(has_frames: bool) -> None:
    if not has_frames:
        raise Unreadable(_("Markers need frames, and this version has none. Import a CSV file instead."))


def _decoded(content: bytes) -> str:
    """UTF-16 with its mark, as Premiere writes it, or without one; UTF-8; or else Windows-1252."""
    if content.startswith(_WIDE):
        encodings = ["utf-16"]
    elif b"\0" in content[:4]:
        encodings = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(_(UNKNOWN))
