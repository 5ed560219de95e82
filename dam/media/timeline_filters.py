"""A master's pictures on the review timeline (dam.media.timing), as FFmpeg filters. Pure."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from dam.media import timing
from dam.media.probe import MediaInfo

MICROSECONDS = 1_000_000
HALF = "1/2000000"  # a microsecond, that rounding puts no picture on the wrong side


def lay(video: Any, info: MediaInfo) -> Any:
    """Each picture at its frame (timing.number_at), repeated until the next one comes, but for holds.

    Holds are taken out while pictures are repeated, and put back afterwards.
    """
    rate = info.frame_rate
    taken_out = [(last, last - first) for first, last in info.holds]
    for start, end in info.blanks:
        video = video.filter(
            "select", f"not(gte(pts*TB,{exact(start)}-{HALF})*lt(pts*TB,{exact(end)}-{HALF}))"
        )
    video = video.filter("settb", f"1/{MICROSECONDS}").filter("setpts", _place(info, taken_out))
    # The last picture has a frame, too, however short it is shown: its end, which is laid like a picture, is
    # rounded up.
    grid = {"fps": f"{rate.numerator}/{rate.denominator}", "round": "near", "start_time": 0}
    video = video.filter("fps", eof_action="pass", **grid)
    last = info.frame_count - 1 if info.last_picture is None else info.last_picture
    missing = info.frame_count - 1 - last - sum(out for behind, out in taken_out if behind > last)
    if missing > 0:
        video = video.filter("tpad", stop_mode="clone", stop=missing)
    # The last picture is repeated for its own duration already, where the file says one.
    video = video.filter("trim", end_frame=info.frame_count - info.held_frames)
    if taken_out:
        video = video.filter("setpts", _put_back(taken_out))
    return video


def _place(info: MediaInfo, taken_out: Sequence[tuple[int, int]]) -> str:
    """Where a picture comes, in microseconds: its frame, less what is closed up and taken out before it.

    A quarter of a frame later, so that each way of rounding is sure.
    """
    if info.counted:
        frame = f"N+{info.first_picture}" + "".join(f"+{frames}*gte(N,{at})" for at, frames in info.gaps)
    else:
        frame = f"floor((PTS*TB-{exact(info.first_pts)})*{exact(info.frame_rate)}+{exact(timing.NEAREST)})"
    number = "ld(0)" + "".join(f"-{frames}*gt(ld(0),{after})" for after, frames in info.closed)
    short = "ld(1)" + "".join(f"-{frames}*gt(ld(1),{after})" for after, frames in taken_out)
    return f"st(0,{frame})*0+st(1,{number})*0+({short}+1/4)*{exact(MICROSECONDS / info.frame_rate)}"


def _put_back(taken_out: Sequence[tuple[int, int]]) -> str:
    place, before = "PTS", 0
    for behind, out in taken_out:
        before += out
        place += f"+{out}*gt(PTS,{behind - before})"
    return place


def exact(value: Fraction) -> str:
    return f"({value.numerator}/{value.denominator})"
