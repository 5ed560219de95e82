"""A cut: pieces of clips and images one after another, at one size and rate. Pure, but for its sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dam.media.presets import Box
from dam.media.probe import MediaInfo

SOUND_RATE, CHANNELS = 48_000, 2
FADE_SECONDS = 1.0  # at the end of what lies under the whole
AT_ONCE = 10 * SOUND_RATE  # samples


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Frames `first` to before `end` of a film, at its own rate; or an image that is shown for `seconds`.

    What doesn't fit is cropped around the focus (thousandths from left and top).
    """

    path: Path
    info: MediaInfo
    first: int = 0
    end: int = 0
    seconds: Fraction = Fraction(0)
    focus: tuple[int, int] = (500, 500)

    @property
    def still(self) -> bool:
        return self.seconds > 0

    def frames(self, rate: Fraction) -> int:
        """How many it has in the cut, at least one."""
        return frames(self.length, rate)

    @property
    def length(self) -> Fraction:
        """In seconds."""
        return self.seconds if self.still else (self.end - self.first) / self.info.frame_rate


@dataclass(frozen=True)
class Cut:
    """What comes out of it; both sides even."""

    width: int
    height: int
    rate: Fraction


def frames(seconds: Fraction, rate: Fraction) -> int:
    """
    >>> frames(Fraction(1, 2), Fraction(30000, 1001)), frames(Fraction(0), Fraction(24))
    (15, 1)
    """
    return max(1, round(seconds * rate))


def box(info: MediaInfo, size: tuple[int, int], *, focus: tuple[int, int]) -> Box:
    """The largest part of the upright picture that has the proportions of `size`, around the focus."""
    shown, wanted = Fraction(info.shown_width, info.height), Fraction(*size)
    width, height = info.width, info.height
    if wanted < shown:
        width = min(width, _even(width * wanted / shown))
    elif wanted > shown:
        height = min(height, _even(height * shown / wanted))
    return Box(_placed(info.width, width, focus[0]), _placed(info.height, height, focus[1]), width, height)


def _even(value: Fraction) -> int:
    return max(2, round(value / 2) * 2)


def _placed(whole: int, part: int, focus: int) -> int:
    return max(0, min(round(whole * Fraction(focus, 1000) - Fraction(part, 2)), whole - part)) // 2 * 2


@dataclass(frozen=True)
class Heard:
    """Samples of a piece: SOUND_RATE a second of CHANNELS in turn, 16 bits; from `first` seconds on."""

    path: Path | None  # None: silence
    first: Fraction
    frames: int  # of the cut


def lay_sound(
    out: Path, heard: Sequence[Heard], *, rate: Fraction, bed: Path | None = None, level: float = 1.0
) -> None:
    """Write the sound of the whole, each piece as long as its frames, with `bed` under it as far as it goes.

    The bed fades out over the last second of the cut, and what would be louder than loud is cut off.
    """
    under, frame = _samples(bed), 0
    total = _at(sum(each.frames for each in heard), rate)
    with out.open("wb") as file:
        for each in heard:
            begin, frame = _at(frame, rate), frame + each.frames
            own, first = _samples(each.path), round(each.first * SOUND_RATE)
            for at in range(begin, _at(frame, rate), AT_ONCE):
                count = min(AT_ONCE, _at(frame, rate) - at)
                mixed = _part(own, first + at - begin, count)
                if bed is not None:
                    mixed += _part(under, at, count) * (level * _fading(at, count, total))[:, None]
                file.write(np.clip(np.rint(mixed), -32768, 32767).astype("<i2").tobytes())


def _at(frame: int, rate: Fraction) -> int:
    """The sample at which a frame begins, so that nothing drifts."""
    return round(frame * SOUND_RATE / rate)


def _samples(path: Path | None) -> NDArray[np.int16]:
    if path is None or not path.stat().st_size:
        return np.zeros((0, CHANNELS), np.int16)
    whole = path.stat().st_size // (2 * CHANNELS) * CHANNELS
    return np.memmap(path, "<i2", "r", shape=(whole,)).reshape(-1, CHANNELS)


def _part(samples: NDArray[np.int16], first: int, count: int) -> NDArray[np.float64]:
    """So many from there on; beyond the end there is silence."""
    part = np.zeros((count, CHANNELS))
    there = samples[first : first + count]
    part[: len(there)] = there
    return part


def _fading(at: int, count: int, total: int) -> NDArray[np.float64]:
    left: NDArray[np.float64] = (total - np.arange(at, at + count)) / (FADE_SECONDS * SOUND_RATE)
    return np.clip(left, 0, 1)
