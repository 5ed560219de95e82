"""Where in a version a remark can be: at a frame of a video, in the one picture that an image is, at a time
of a sound, whose frames are milliseconds. Pure.
"""

from fractions import Fraction

from dam.catalog.models import AssetKind, Version
from dam.web.timecode import SOUND_RATE

OF_A_STILL = 0  # the frame that an image is


def count(version: Version) -> int:
    """How many frames there are to be at."""
    if version.kind == AssetKind.STILL:
        return 1
    return (version.duration_ms if version.kind == AssetKind.SOUND else version.frame_count) or 0


def at(version: Version, frame: int | None, *, drawn: bool) -> int | None:
    """The frame that is meant: what is drawn on an image is on its only one, also where nobody says so."""
    return OF_A_STILL if frame is None and drawn and version.kind == AssetKind.STILL else frame


def rate(version: Version) -> Fraction | None:
    """In frames a second; None of what has no time."""
    if version.kind == AssetKind.SOUND:
        return SOUND_RATE
    if not version.rate_numerator or not version.rate_denominator:
        return None
    return Fraction(version.rate_numerator, version.rate_denominator)
