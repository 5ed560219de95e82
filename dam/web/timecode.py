"""SMPTE timecode. Pure. Frames are integers and rates are fractions (24000/1001)."""

from fractions import Fraction

SOUND_RATE = Fraction(1000)  # sound has no frames: its places are milliseconds


def of_frame(frame: int, *, rate: Fraction) -> str:
    """HH:MM:SS:FF of a frame, non-drop, counted in the nominal rate: 24 for 24000/1001."""
    nominal = max(1, round(rate))
    seconds, frames = divmod(frame, nominal)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}:{frames:02}"


def drops(rate: Fraction) -> bool:
    """Whether editing programs count drop-frame at this rate: at 29.97 and 59.94, not at 23.976."""
    return rate.denominator == 1001 and round(rate) % 30 == 0


def smpte(frame: int, *, rate: Fraction) -> str:
    """As editing programs say it: drop-frame with a semicolon where they count so.

    Nothing is dropped but numbers: at 29.97 those of two frames each minute, except every tenth.

    >>> smpte(1800, rate=Fraction(30000, 1001)), smpte(17982, rate=Fraction(30000, 1001))
    ('00:01:00;02', '00:10:00;00')
    """
    if not drops(rate):
        return of_frame(frame, rate=rate)
    nominal = round(rate)
    skipped = nominal // 15
    in_minute, in_ten = nominal * 60 - skipped, nominal * 600 - 9 * skipped
    tens, rest = divmod(frame, in_ten)
    # The first minute of ten is whole.
    minutes = 0 if rest < nominal * 60 else 1 + (rest - nominal * 60) // in_minute
    plain = of_frame(frame + skipped * (9 * tens + minutes), rate=rate)
    return f"{plain[:8]};{plain[9:]}"


def clock(milliseconds: int, *, places: int = 1) -> str:
    """A time of sound, cut after so many decimals of its seconds.

    >>> clock(5512), clock(3_725_040, places=3)
    ('0:05.5', '1:02:05.040')
    """
    seconds, rest = divmod(milliseconds, 1000)
    hours, minutes = divmod(seconds // 60, 60)
    whole = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{whole}:{seconds % 60:02}.{f'{rest:03}'[:places]}"


def at(frame: int, *, rate: Fraction) -> str:
    """What a place is called: a timecode, or a time of sound."""
    return clock(frame) if rate == SOUND_RATE else smpte(frame, rate=rate)


def first_of_hour(hour: int, *, rate: Fraction) -> int:
    """How many frames come before that hour of the timecode."""
    whole = hour * 3600 * max(1, round(rate))
    return whole - hour * 54 * (round(rate) // 15) if drops(rate) else whole


def frame_at(milliseconds: int, *, rate: Fraction) -> int:
    """The frame that begins at this rounded time, or else the one on screen then."""
    return int(Fraction(2 * milliseconds + 1, 2000) * rate)
