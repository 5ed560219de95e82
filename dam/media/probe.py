"""What is known of a video file: facts, not files. Pure.

Frame numbers count along the review timeline: frame n is shown from n / frame_rate seconds after the
first frame. For a constant rate these are the file's own frames; a variable-rate file is laid on the
grid of its average rate, for its proxy as for sampled frames and comments.
"""

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any

from dam.media.sniffer import BY_LABEL, FileKind

STANDARD_RATES = tuple(
    Fraction(rate)
    for rate in (
        "24000/1001", "24", "25", "30000/1001", "30", "48000/1001", "48", "50", "60000/1001", "60",
        "10", "12", "25/2", "15000/1001", "15", "20", "90", "100", "120000/1001", "120", "240",
    )
)  # fmt: skip
FALLBACK_RATE = Fraction(25)
LOWEST_RATE, HIGHEST_RATE = Fraction(1), Fraction(240)


@dataclass(frozen=True)
class MediaInfo:
    """Facts about the one video stream that is shown, and its sound."""

    container: str  # sniffer.FileKind.label
    video_codec: str
    video_index: int  # of the stream in the file
    width: int  # pixels, after rotation
    height: int
    rotation: int  # degrees clockwise that a player turns the coded picture: 0, 90, 180 or 270
    mirrored: bool  # flipped left to right before it is turned
    pixel_aspect: Fraction  # width of a pixel over its height, after rotation
    pixel_format: str
    transfer: str  # "sdr", "pq" or "hlg"
    interlaced: bool
    frame_rate: Fraction  # frames per second
    variable_rate: bool
    frame_count: int
    duration_ms: int
    first_pts: Fraction  # seconds at which the first frame is shown, on the file's own clock
    audio_codec: str = ""
    audio_index: int | None = None
    audio_channels: int = 0
    audio_rate: int = 0  # samples per second
    audio_start: Fraction = Fraction(0)  # seconds, on the same clock as first_pts
    warnings: tuple[str, ...] = ()
    # What the decoder says of its pictures' colours, in the numbers of ITU-T H.273: 2 is unspecified.
    # `dam.media.colour.of` makes sense of it.
    colour_matrix: int = 2
    colour_primaries: int = 2
    colour_transfer: int = 2
    colour_range: int = 0  # 0 unspecified, 1 limited, 2 full
    bit_depth: int = 8
    transparent: bool = False

    @property
    def has_audio(self) -> bool:
        return self.audio_index is not None

    @property
    def format(self) -> FileKind:
        return BY_LABEL[self.container]

    @property
    def shown_width(self) -> int:
        """Width in square pixels."""
        return max(1, round(self.width * self.pixel_aspect))

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; fractions as "24000/1001"."""
        return {
            name: str(value) if isinstance(value, Fraction) else value for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "MediaInfo":
        """The inverse of to_json. Unknown keys are ignored, so that older rows stay readable."""
        known = {field.name: field.type for field in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        for name in ("pixel_aspect", "frame_rate", "first_pts", "audio_start"):
            if name in values:
                values[name] = Fraction(values[name])
        values["warnings"] = tuple(values.get("warnings", ()))
        return cls(**values)


@dataclass(frozen=True)
class Timing:
    """How a stream's frames lie in time; `frame_count` on the grid of `frame_rate`."""

    frame_rate: Fraction
    variable_rate: bool
    frame_count: int
    first_pts: Fraction
    duration: Fraction


def measure_timing(
    pts: Sequence[int], *, time_base: Fraction, declared: Sequence[Fraction], last_duration: int = 0
) -> Timing:
    """Timing of frames shown at `pts` (ticks of `time_base` seconds, any order, at least one).

    `declared` are the rates that the file states, most trusted first; they are believed only when the
    time stamps agree: DV claims 60000, Matroska 1000.
    """
    ordered = sorted(set(pts))
    first = ordered[0] * time_base
    span = (ordered[-1] - ordered[0]) * time_base
    if len(ordered) == 1 or span <= 0:
        rate = next((r for r in declared if LOWEST_RATE <= r <= HIGHEST_RATE), FALLBACK_RATE)
        length = last_duration * time_base if last_duration > 0 else 1 / rate
        return Timing(rate, variable_rate=False, frame_count=len(pts), first_pts=first, duration=length)
    # Whole ticks: a long file has millions of frames.
    intervals = len(ordered) - 1
    ticks = ordered[-1] - ordered[0]
    measured = intervals / span
    gaps = [later - earlier for earlier, later in itertools.pairwise(ordered)]
    even = 2 * min(gaps) * intervals > ticks and 2 * max(gaps) * intervals < 3 * ticks
    # Time stamps are rounded to ticks; but 24 and 25 must stay apart however short the clip.
    tolerance = min(max(2 * time_base / span, Fraction(1, 5000)), Fraction(3, 100))
    rate = _settle_rate(measured, tolerance=tolerance, declared=declared)
    constant = even and len(ordered) == len(pts) and abs(rate / measured - 1) <= tolerance
    if not constant:
        likely = (
            r for r in declared if LOWEST_RATE <= r <= HIGHEST_RATE and _fits_with_holes(gaps, r * time_base)
        )
        rate = next(likely, rate)
    count = len(ordered) if constant else round(span * rate) + 1
    return Timing(
        rate, variable_rate=not constant, frame_count=count, first_pts=first, duration=Fraction(count) / rate
    )


def _fits_with_holes(gaps: Sequence[int], frames_per_tick: Fraction) -> bool:
    """Whether frames lie on the grid of a rate and only some are missing: then that is the rate."""
    if not 0 < frames_per_tick <= 1:
        return False
    slack = float(frames_per_tick) * 1.5 + 0.1  # rounding of both ends, and a little unsteadiness
    steps = [gap * float(frames_per_tick) for gap in gaps]
    single = sum(1 for step in steps if abs(step - 1) <= slack)
    return single > 0.8 * len(steps) and all(step > 1 - slack for step in steps)


def _settle_rate(measured: Fraction, *, tolerance: Fraction, declared: Sequence[Fraction]) -> Fraction:
    """The plausible rate nearest to what was measured: 23.98 is 24000/1001."""

    def agrees(rate: Fraction) -> bool:
        return rate > 0 and abs(rate / measured - 1) <= tolerance

    for rate in declared:
        if rate in STANDARD_RATES and agrees(rate):
            return rate
    standard = min(STANDARD_RATES, key=lambda rate: abs(rate / measured - 1))
    if agrees(standard):
        return standard
    for rate in declared:
        if agrees(rate) and LOWEST_RATE <= rate <= HIGHEST_RATE:
            return rate.limit_denominator(100_000)
    return min(max(measured.limit_denominator(1001), LOWEST_RATE), HIGHEST_RATE)
