"""What stands in a PDF of comments, as words and pictures. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Picture:
    """The frame of a thread as a JPEG, with what was drawn into it; None where it couldn't be decoded."""

    path: Path | None
    described: str  # for people who don't see it


@dataclass(frozen=True)
class Said:
    """What one person wrote, and the pictures they attached."""

    author: str
    at: str
    words: str
    attached: Sequence[Picture] = ()


@dataclass(frozen=True)
class Thread:
    """A remark with its answers. `place` is its timecode, or what stands for it; `facts` a line each."""

    place: str
    first: Said
    answers: Sequence[Said] = ()
    state: str = ""
    facts: Sequence[str] = ()
    picture: Picture | None = None


@dataclass(frozen=True)
class Head:
    """What stands on top of the first page."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Written:
    threads: int
    undrawn: int  # letters that no font in it can draw
    missing_frames: int
