"""SMPTE timecode, non-drop. Pure. Frames are integers and rates are fractions (24000/1001)."""

from fractions import Fraction


def of_frame(frame: int, *, rate: Fraction) -> str:
    """HH:MM:SS:FF of a frame, counted in the nominal rate: 24 for 24000/1001."""
    nominal = max(1, round(rate))
    seconds, frames = divmod(frame, nominal)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}:{frames:02}"


def frame_at(milliseconds: int, *, rate: Fraction) -> int:
    """The frame that begins at this rounded time, or else the one on screen then."""
    return int(Fraction(2 * milliseconds + 1, 2000) * rate)
