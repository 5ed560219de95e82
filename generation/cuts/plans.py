"""What a cut is made of, as it is kept and as it is checked. Pure.

A piece of a video is counted in its own frames, so that it begins and ends where somebody saw it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from dam.core import errors
from dam.core.language import gettext as _
from dam.media import cutting, presets
from dam.media.cutting import Cut
from dam.media.presets import Recipe, Shape
from dam.media.probe import Kind, MediaInfo

MOST_PIECES = 20
MOST_SECONDS = 600
MOST_SIDE = presets.SIDES[0]  # pixels: photographs are larger than any film
CARD_SECONDS = Fraction(3)  # of an image
LEAST_CARD, MOST_CARD = Fraction(1, 10), Fraction(60)
RATES = ("24000/1001", "24/1", "25/1", "30000/1001", "30/1", "50/1", "60000/1001", "60/1")
STILLS_RATE = Fraction(25)  # of a cut of images alone


class CutRefused(errors.Refused):
    """The cut can't be like this. `piece` is the number of the one that is wrong, from 1; 0: none of them."""

    code = "cut_refused"

    def __init__(self, message: str, *, piece: int = 0) -> None:
        super().__init__(message)
        self.piece = piece


@dataclass(frozen=True, kw_only=True)
class Used:
    """A version as it was when it was put into the cut."""

    version: str
    asset: str
    sha256: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Piece(Used):
    """Frames `first` to before `end` of a video, or an image for so many milliseconds."""

    first: int = 0
    end: int = 0
    milliseconds: int = 0
    focus: tuple[int, int] = (500, 500)  # thousandths from left and top

    @property
    def still(self) -> bool:
        return self.milliseconds > 0

    @property
    def key(self) -> UUID:
        return UUID(self.version)

    def seconds(self, rate: Fraction) -> Fraction:
        """How long it is; `rate` is that of its own video."""
        return Fraction(self.milliseconds, 1000) if self.still else (self.end - self.first) / rate


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the whole comes out. Without a rate it has that of its first video."""

    shape: str = Shape.ORIGINAL.value
    side: int | None = None  # pixels of the longer side; None: as large as the first piece
    rate: str = ""
    own_sound: bool = True
    bed: Used | None = None  # a sound under the whole
    level: int = 100  # percent, of the bed


def read_pieces(kept: Sequence[Mapping[str, Any]]) -> tuple[Piece, ...]:
    return tuple(Piece(**{**each, "focus": tuple(each["focus"])}) for each in kept)


def read_settings(kept: Mapping[str, Any]) -> Settings:
    bed = kept.get("bed")
    return Settings(**{**kept, "bed": Used(**bed) if bed else None})


def kept(value: Piece | Settings) -> dict[str, Any]:
    return asdict(value)


def whole(used: Used, info: MediaInfo, *, focus: tuple[int, int]) -> Piece:
    """All of a clip, or an image for as long as an end card stands."""
    if info.kind is Kind.STILL:
        return Piece(**asdict(used), milliseconds=int(CARD_SECONDS * 1000), focus=focus)
    return Piece(**asdict(used), end=info.frame_count, focus=focus)


def trimmed(piece: Piece, info: MediaInfo, *, begin: Fraction, until: Fraction, number: int) -> Piece:
    """The piece between two times of its clip, in seconds, to the nearest frames. Raises CutRefused."""
    first, end = round(begin * info.frame_rate), min(round(until * info.frame_rate), info.frame_count)
    if first < 0 or first >= info.frame_count:
        raise CutRefused(_("The in point is outside the clip."), piece=number)
    if end <= first:
        raise CutRefused(_("The out point must come after the in point."), piece=number)
    return replace(piece, first=first, end=end)


def lasting(piece: Piece, seconds: Fraction, *, number: int) -> Piece:
    """The image for so long. Raises CutRefused."""
    if not LEAST_CARD <= seconds <= MOST_CARD:
        raise CutRefused(_("An image can stand for 0.1 to 60 seconds."), piece=number)
    return replace(piece, milliseconds=round(seconds * 1000))


def moved(pieces: Sequence[Piece], number: int, by: int) -> tuple[Piece, ...]:
    """The piece of that number, from 1, so many places further down; beyond an end it stays there."""
    rest = list(pieces)
    piece = rest.pop(number - 1)
    rest.insert(max(0, min(number - 1 + by, len(rest))), piece)
    return tuple(rest)


def outcome(pieces: Sequence[Piece], infos: Sequence[MediaInfo], settings: Settings) -> Cut:
    """The size and rate that come out of it. Raises CutRefused without pieces, or where it's too long."""
    if not pieces:
        raise CutRefused(_("Add at least one clip or image."))
    films = [info for info in infos if info.kind is not Kind.STILL]
    first = infos[0]
    recipe = Recipe(shape=Shape(settings.shape), longest_side=settings.side or MOST_SIDE)
    width, height = (max(2, side // 2 * 2) for side in presets.size(first, recipe))
    rate = Fraction(settings.rate) if settings.rate else films[0].frame_rate if films else STILLS_RATE
    if seconds(pieces, infos) > MOST_SECONDS:
        raise CutRefused(_("A cut can be ten minutes long at most. Shorten or remove pieces."))
    return Cut(width, height, rate)


def sound_bytes(infos: Iterable[MediaInfo]) -> int:
    """Room on the disk for the sound of these files, each whole, and for what is laid of it, once more."""
    milliseconds = sum(info.duration_ms for info in infos if info.has_audio)
    return 2 * milliseconds * cutting.SOUND_RATE * cutting.CHANNELS * 2 // 1000


def seconds(pieces: Sequence[Piece], infos: Sequence[MediaInfo]) -> Fraction:
    lengths = (each.seconds(info.frame_rate) for each, info in zip(pieces, infos, strict=True))
    return sum(lengths, Fraction(0))


def changes(
    pieces: Sequence[Piece], infos: Sequence[MediaInfo], cut: Cut, settings: Settings
) -> tuple[str, ...]:
    """What is done to any of them, as C2PA calls it."""
    done = []
    pairs = list(zip(pieces, infos, strict=True))
    if any(not each.still and (each.first, each.end) != (0, info.frame_count) for each, info in pairs):
        done.append("c2pa.trimmed")
    boxes = [(info, cutting.box(info, (cut.width, cut.height), focus=each.focus)) for each, info in pairs]
    if any((box.width, box.height) != (info.width, info.height) for info, box in boxes):
        done.append("c2pa.cropped")
    if any((box.width, box.height) != (cut.width, cut.height) for _info, box in boxes):
        done.append("c2pa.resized")
    heard = any(info.kind is Kind.VIDEO and info.has_audio for info in infos)
    if settings.bed is not None or (heard and not settings.own_sound):
        done.append("c2pa.edited")
    return (*done, "c2pa.transcoded")
