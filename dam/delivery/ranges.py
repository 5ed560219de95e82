"""Byte ranges of HTTP (RFC 9110, section 14), one range at a time. Pure."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
LONGEST_NUMBER = 18  # digits; beyond, no file reaches


@dataclass(frozen=True)
class Span:
    """Bytes from `start` up to and without `stop`, of a file of `size`."""

    start: int
    stop: int
    size: int

    @property
    def length(self) -> int:
        return self.stop - self.start

    @property
    def header(self) -> str:
        """The value of Content-Range."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


class NotSatisfiable(Exception):
    """The range lies outside the file: status 416."""


def parse(header: str, *, size: int) -> Span | None:
    """The range that a Range header asks of a file of `size` bytes; None to send the whole file.

    A header that is not understood, or asks for several ranges, is ignored, as the RFC allows. Raises
    NotSatisfiable.
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None:
        return None
    first, last = match.groups()
    if (not first and not last) or max(len(first), len(last)) > LONGEST_NUMBER:
        return None
    if not first:  # the last so many bytes
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size or stop <= start:
        raise NotSatisfiable
    return Span(start, stop, size)


def applies(if_range: str, *, etag: str) -> bool:
    """Whether the file is still the one whose part the client has; a date can't tell, so it isn't."""
    return not if_range or if_range.strip() == etag


def matches(if_none_match: str, *, etag: str) -> bool:
    """Whether the client holds this very file already."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]
