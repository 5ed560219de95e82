"""What is known of a file: facts, not files. Pure.

Frame numbers count along the review timeline (dam.media.timing), for the proxy as for sampled frames and
comments. For a constant rate these are the file's own frames.
"""

from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from fractions import Fraction
from typing import Any

from dam.media import timing
from dam.media.embedded_metadata import EmbeddedMetadata
from dam.media.sniffer import BY_LABEL, FileKind


class Kind(StrEnum):
    """What a file is to people, by its content: a GIF that doesn't move is a still."""

    VIDEO = "video"
    STILL = "still"
    SOUND = "sound"


@dataclass(frozen=True)
class MediaInfo:
    """Facts about the one video stream that is shown, and its sound.

    A still is one frame, of no length; sound alone has no frame, no size and the stream -1.
    """

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
    first_pts: Fraction  # seconds at which frame 0 is shown, on the file's own clock
    # dam.media.timing.Timing; rows from before it was measured have none of these.
    first_picture: int = 0
    last_picture: int | None = None
    holds: tuple[tuple[int, int], ...] = ()
    closed: tuple[tuple[int, int], ...] = ()
    # Time stamps in the wrong order: the decoder's nth picture comes at the nth of them. Between them there
    # may be gaps, (picture, frames): so many frames before the picture of this number are empty.
    counted: bool = False
    gaps: tuple[tuple[int, int], ...] = ()
    # From and to, in seconds on the file's clock: empty edits, in whose place FFmpeg gives other pictures.
    blanks: tuple[tuple[Fraction, Fraction], ...] = ()
    edits_ignored: bool = False  # an MP4's edit list, which leaves nothing to be shown
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
    kind: Kind = Kind.VIDEO
    embedded: EmbeddedMetadata = field(default_factory=EmbeddedMetadata, hash=False)  # what it says of itself

    @property
    def held_frames(self) -> int:
        """Frames that are not repeated, as the picture before them stays."""
        return sum(last - first for first, last in self.holds)

    def number_at(self, seconds: Fraction) -> int:
        """The frame at which a picture with this time stamp comes."""
        return timing.number_at(
            seconds, first_pts=self.first_pts, frame_rate=self.frame_rate, closed=self.closed
        )

    def number_of(self, picture: int) -> int:
        """The frame at which the decoder's nth picture comes, where they are counted."""
        return self.first_picture + picture + sum(frames for at, frames in self.gaps if picture >= at)

    @property
    def reading(self) -> dict[str, str]:
        """Options of its demuxer, for whoever opens it: PyAV and FFmpeg alike."""
        return {"ignore_editlist": "1"} if self.edits_ignored else {}

    def is_blank(self, at: Fraction) -> bool:
        """Whether what FFmpeg gives for this time isn't shown: the picture before it is."""
        return any(start <= at < end for start, end in self.blanks)

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
        plain = {
            name: str(value) if isinstance(value, Fraction) else value for name, value in asdict(self).items()
        }
        del plain["embedded"], plain["blanks"]
        if self.blanks:
            plain["blanks"] = [[str(start), str(end)] for start, end in self.blanks]
        return plain | ({"embedded": self.embedded.to_json()} if self.embedded else {})

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "MediaInfo":
        """The inverse of to_json. Unknown keys are ignored, so that older rows stay readable."""
        known = {each.name: each.type for each in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        for name in ("pixel_aspect", "frame_rate", "first_pts", "audio_start"):
            if name in values:
                values[name] = Fraction(values[name])
        values["warnings"] = tuple(values.get("warnings", ()))
        values["embedded"] = EmbeddedMetadata.from_json(values.get("embedded"))
        values["kind"] = Kind(values.get("kind", Kind.VIDEO))
        values["blanks"] = tuple((Fraction(start), Fraction(end)) for start, end in values.get("blanks", ()))
        for name in ("holds", "closed", "gaps"):
            values[name] = tuple((first, last) for first, last in values.get(name, ()))
        return cls(**values)
