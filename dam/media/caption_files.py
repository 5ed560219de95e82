"""SubRip and WebVTT as people send them, read strictly enough to name the line that is wrong. Pure.

What is usual is forgiven: byte order marks, any line ends, no hours, a comma or a dot before any number of
decimals, notes, styles, settings, markup, no blank line between two, overlaps.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dam.core import errors
from dam.core.language import gettext as _
from dam.core.language import ngettext, number

MOST_BYTES = 2 * 1024**2
MOST_CUES = 10_000
LONGEST_TEXT = 1000  # characters of one
LATEST_MS = 100 * 3_600_000

Cue = tuple[int, int, str]  # from and to in ms, and the words, with their line ends


class Format(StrEnum):
    VTT = "vtt"
    SRT = "srt"

    @property
    def content_type(self) -> str:
        return "text/vtt; charset=utf-8" if self is Format.VTT else "application/x-subrip; charset=utf-8"


class NotCaptions(errors.Refused):
    """The file can't be read; the message says why, with the line."""

    code = "captions_unreadable"


class NoTime(ValueError):
    """It is no time within a clip."""


@dataclass(frozen=True)
class CaptionFile:
    """What was read, in the order of its times, and what people should know of how."""

    cues: tuple[Cue, ...]
    remarks: tuple[str, ...] = ()


_CLOCK = r"(?:(?:(\d{1,4}):)?(\d{1,3}):)?(\d{1,6})(?:[.,](\d{1,9}))?"
_TIME = re.compile(rf"\s*{_CLOCK}\s*", re.ASCII)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|</?>|<[\d:.,]+>|\{\\[^{}]*\}")
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&nbsp;": "\u00a0", "&lrm;": "\u200e", "&rlm;": "\u200f", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NO_CUES = ("NOTE", "STYLE", "REGION")


def read(content: bytes) -> CaptionFile:
    """Raises NotCaptions."""
    if len(content) > MOST_BYTES:
        raise NotCaptions(
            _("The file is larger than %(most)s MB. Captions are small text files.")
            % {"most": MOST_BYTES // 1024**2}
        )
    text, remark = _decoded(content)
    lines = re.split(r"\r\n|\n|\r", text)
    vtt = _HEADER.fullmatch(lines[0]) is not None
    cues, empty = [], 0
    for cue in _cues(lines, vtt=vtt):
        if cue[2] and cue[1] > cue[0]:
            cues.append(cue)
        else:
            empty += 1
        if len(cues) > MOST_CUES:
            raise NotCaptions(
                _("The file has more than %(most)s captions. Split it.") % {"most": number(MOST_CUES)}
            )
    if not cues:
        raise NotCaptions(_("The file has no captions in it. Choose a SubRip (.srt) or WebVTT (.vtt) file."))
    remarks = [remark] if remark else []
    if empty:
        remarks.append(
            ngettext(
                "%(count)s caption without words or time was left out.",
                "%(count)s captions without words or time were left out.",
                empty,
            )
            % {"count": number(empty)}
        )
    return CaptionFile(tuple(sorted(cues)), tuple(remarks))


def milliseconds(clock: str) -> int:
    """ "1:02:03,5", "02:03.500" or "3.5" in ms. Raises NoTime."""
    match = _TIME.fullmatch(clock)
    if match is None:
        raise NoTime(clock)
    hours, minutes, seconds, part = match.groups(default="")
    counted = [int(each) for each in (hours, minutes, seconds) if each]
    if any(each > 59 for each in counted[1:]):
        raise NoTime(clock)
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    found = whole * 1000 + int(part[:3].ljust(3, "0"))
    if found > LATEST_MS:
        raise NoTime(clock)
    return found


def clock(ms: int, *, point: str = ".") -> str:
    """ "00:02:03.500"."""
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


def plain(text: str) -> str:
    """Words of a file as they are kept: without its markup, and tidied."""
    return tidied(_MARKUP.sub("", _CONTROL.sub("", text)))


def tidied(text: str) -> str:
    """No control characters, no empty lines. What looks like markup stays: "Press <Enter>"."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def write(cues: Iterable[Cue], form: Format) -> str:
    """The file, as every player reads it."""
    if form is Format.VTT:
        vtt = (f"{clock(start)} --> {clock(end)}\n{_escaped(text)}\n" for start, end, text in cues)
        return "\n".join(("WEBVTT\n", *vtt))
    srt = (
        f"{place}\n{clock(start, point=',')} --> {clock(end, point=',')}\n{text.replace('-->', '→')}\n"
        for place, (start, end, text) in enumerate(cues, start=1)
    )
    return "\n".join(srt)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and what to say of how it was read."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return _checked(content.decode("utf-16")), ""
        except UnicodeDecodeError:
            raise NotCaptions(_("The file is broken UTF-16. Save it as UTF-8.")) from None
    try:
        return _checked(content.decode("utf-8-sig")), ""
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return _checked(text), _("The file isn't UTF-8, so it was read as Windows-1252. Check accented letters.")


def _checked(text: str) -> str:
    if "\0" in text:
        raise NotCaptions(_("This isn't a text file. Choose a SubRip (.srt) or WebVTT (.vtt) file."))
    return text


def _cues(lines: list[str], *, vtt: bool) -> Iterator[Cue]:
    at = _past_block(lines, 0) if vtt else 0
    while at < len(lines):
        line = lines[at].strip()
        if not line:
            at += 1
        elif "-->" in line:
            start, end = _times(line, at)
            at += 1
            first = at
            while at < len(lines) and lines[at].strip() and not _begins(lines, at):
                at += 1
            yield start, end, _words(lines[first:at], vtt=vtt, at=first)
        elif vtt and line.split(maxsplit=1)[0] in _NO_CUES:
            at = _past_block(lines, at)
        elif at + 1 < len(lines) and "-->" in lines[at + 1]:
            at += 1  # its number or name
        else:
            raise _wrong(at, _("a time such as 00:00:05.000 --> 00:00:07.500 was expected here"))


def _begins(lines: list[str], at: int) -> bool:
    """Whether another begins, without a blank line before it."""
    if "-->" in lines[at]:
        return True
    return lines[at].strip().isdigit() and at + 1 < len(lines) and "-->" in lines[at + 1]


def _past_block(lines: list[str], at: int) -> int:
    while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
        at += 1
    return at


def _times(line: str, at: int) -> tuple[int, int]:
    before, _arrow, after = line.partition("-->")
    try:
        start, end = milliseconds(before), milliseconds((after.split() or [""])[0])
    except NoTime:
        raise _wrong(at, _("the times can't be read. Write them as 00:00:05.000 --> 00:00:07.500")) from None
    if end < start:
        raise _wrong(at, _("it ends before it begins"))
    return start, end


def _words(lines: list[str], *, vtt: bool, at: int) -> str:
    text = plain("\n".join(lines))
    if vtt:
        text = _unescaped(text)
    if len(text) > LONGEST_TEXT:
        raise _wrong(at, _("one caption has more than %(most)s characters") % {"most": number(LONGEST_TEXT)})
    return text


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)


def _wrong(at: int, why: str) -> NotCaptions:
    return NotCaptions(_("Line %(line)s: %(why)s.") % {"line": number(at + 1), "why": why})
