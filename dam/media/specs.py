"""Which files are made of a master, and how: the only list (RENDITIONS, at the end). Pure.

Ingest's steps, the render tasks, delivery and the pages' labels follow from it. To add a rendition, add a
line and write its recipe.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from dam.core.language import noop
from dam.media.probe import Kind, MediaInfo


@dataclass(frozen=True)
class Poster:
    """One still picture, WebP: the most telling of a few frames."""

    candidates: int = 5
    width: int = 640  # square pixels; taller pictures are bounded by the same number
    least_width: int = 320  # smaller pictures are enlarged to this
    quality: int = 82
    content_type: str = "image/webp"
    suffix: str = ".webp"


@dataclass(frozen=True)
class Picture:
    """A still as pages show it, WebP, large enough to look closely; sRGB, upright, on a ground of its own."""

    longest_side: int = 4096  # pixels; never enlarged
    quality: int = 90
    content_type: str = "image/webp"
    suffix: str = ".webp"


@dataclass(frozen=True)
class Sprite:
    """A grid of small pictures from the whole clip, WebP, for hovering and seeking."""

    columns: int = 5
    tiles: int = 25
    tile_side: int = 160
    quality: int = 72
    content_type: str = "image/webp"
    suffix: str = ".webp"


@dataclass(frozen=True)
class Movie:
    """An H.264 MP4 with its index in front, to be played while it loads."""

    longest_side: int | None  # None: as large as the master
    crf: int  # x264's constant rate factor
    preset: str
    keyframe_every: int  # frames; a short one makes stepping and seeking quick
    audio_kbps: int
    # Made fit for a stream: a key frame each so many seconds, too, where a segment may begin, and no frame in
    # another order than it is shown in.
    group_seconds: int | None = None
    content_type: str = "video/mp4"
    suffix: str = ".mp4"


@dataclass(frozen=True)
class Rung:
    """One size of a stream's ladder; smaller masters keep their own."""

    longest_side: int
    crf: int
    most_kbps: int  # of the picture, however much moves


@dataclass(frozen=True)
class Stream:
    """HLS: the same H.264 and AAC in several sizes, a player changes between them from segment to segment.

    Each rung is one file, fragmented MP4 (CMAF), whose segments its playlist names as ranges of bytes. All
    begin with a key frame of a closed group, at the same frames in each rung.
    """

    rungs: tuple[Rung, ...]  # the smallest first
    preset: str
    keyframe_seconds: int
    segment_seconds: int
    audio_kbps: int
    content_type: str = "application/vnd.apple.mpegurl"


@dataclass(frozen=True)
class Sound:
    """Sound alone: its codec and container as FFmpeg calls them."""

    codec: str
    container: str
    content_type: str
    suffix: str
    kbps: int | None = None  # None: nothing is lost
    most_channels: int | None = None


FRAMES_TYPE = "application/zip"  # JPEGs (dam.media.kept_frames)

POSTER = Poster()
PICTURE = Picture()
SPRITE = Sprite()
STREAM = Stream(
    rungs=(Rung(640, 25, 900), Rung(1280, 23, 3000), Rung(1920, 22, 6000)),
    preset="veryfast",
    keyframe_seconds=2,
    segment_seconds=4,
    audio_kbps=128,
)
# Of the size and quality of a rung of STREAM, which it can be (dam.media.streams).
PROXY = Movie(
    longest_side=1280,
    crf=23,
    preset="veryfast",
    keyframe_every=12,
    audio_kbps=128,
    group_seconds=STREAM.keyframe_seconds,
)
LISTEN = Sound("aac", "mp4", "audio/mp4", ".m4a", kbps=160, most_channels=2)
SOUND_RELEASE = Sound("pcm_s24le", "wav", "audio/wav", ".wav")
# The proxy once more, where the first one looks too little like its master (dam.media.quality).
BETTER_PROXY = replace(PROXY, crf=16, preset="medium")
RELEASE = Movie(longest_side=None, crf=18, preset="medium", keyframe_every=48, audio_kbps=192)


def fit(info: MediaInfo, longest_side: int | None) -> tuple[int, int]:
    """Width and height in square pixels, even, never enlarged.

    >>> fit_size(1921, 1081, 1280)
    (1280, 720)
    """
    return fit_size(info.shown_width, info.height, longest_side)


def fit_size(width: int, height: int, longest_side: int | None) -> tuple[int, int]:
    scale = Fraction(1)
    if longest_side is not None and max(width, height) > longest_side:
        scale = Fraction(longest_side, max(width, height))
    # 4:2:0 stores colour for every second pixel, so both sides are even.
    return max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)


def ladder(info: MediaInfo, spec: Stream = STREAM) -> list[tuple[Rung, tuple[int, int]]]:
    """The rungs of a master's stream and their sizes, the smallest first: none is larger than the master."""
    fitted: dict[tuple[int, int], Rung] = {}
    for rung in spec.rungs:
        fitted.setdefault(fit(info, rung.longest_side), rung)
    return [(rung, size) for size, rung in fitted.items()]


def group_frames(info: MediaInfo, seconds: int) -> int:
    """From one key frame to the next that all sizes of a stream have in common."""
    return max(1, round(info.frame_rate * seconds))


def segment_frames(info: MediaInfo, spec: Stream = STREAM) -> int:
    """Of each segment of a stream but the last: whole groups, of about `segment_seconds`."""
    group = group_frames(info, spec.keyframe_seconds)
    return max(1, round(info.frame_rate * spec.segment_seconds / group)) * group


class MadeWhen(StrEnum):
    ON_ARRIVAL = noop("on arrival")
    ON_DEMAND = noop("on demand")


@dataclass(frozen=True)
class RenditionSpec:
    """One kind of file that is made of a master.

    `recipe` is the dotted name of a function like those of `dam.media.recipes`, so that it may live above
    this package (a test checks that each exists).
    """

    kind: str  # at most 20 letters, digits and dashes: part of an address
    title: str
    recipe: str
    lane: str  # the queue of its render task
    limit: timedelta  # how long making it may take before it counts as lost
    made: MadeWhen = MadeWhen.ON_ARRIVAL
    after: tuple[str, ...] = ()  # steps that must have ended before, well or badly
    shown: bool = True  # on the page, to whoever may see the version; else it is working material
    quiet: bool = False  # a version is ready without it
    least_ms: int = 0  # shorter masters get it only when somebody asks
    # Versions from before there was it get it in the background, where it is quiet.
    catches_up: bool = True
    # Other renditions that its recipe takes, by these names, where they are there.
    uses: tuple[str, ...] = ()
    tells: bool = False  # its recipe takes `told`, and says now and then how far it is
    of: tuple[Kind, ...] = (Kind.VIDEO,)  # the kinds of master that it is made of


SEEN = (Kind.VIDEO, Kind.STILL)  # what there is to look at

RENDITIONS = (
    RenditionSpec(
        "poster",
        noop("Poster"),
        "dam.media.recipes.poster",
        "media",
        timedelta(minutes=20),
        tells=True,
        of=tuple(Kind),
    ),
    RenditionSpec(
        "picture",
        noop("Picture"),
        "dam.media.recipes.picture",
        "media",
        timedelta(minutes=20),
        of=(Kind.STILL,),
    ),
    RenditionSpec(
        "sprite",
        noop("Hover preview"),
        "dam.media.recipes.sprite",
        "media",
        timedelta(minutes=20),
        tells=True,
    ),
    RenditionSpec(
        "proxy",
        noop("Review proxy"),
        "dam.media.recipes.proxy",
        "transcode",
        timedelta(hours=5, minutes=30),
        tells=True,
    ),
    RenditionSpec(
        "stream",
        noop("Adaptive stream"),
        "dam.media.recipes.stream",
        "transcode",
        timedelta(hours=5, minutes=30),
        after=("proxy",),
        quiet=True,
        least_ms=60_000,
        catches_up=False,
        uses=("proxy",),
        tells=True,
    ),
    RenditionSpec(
        "sound",
        noop("Listening copy"),
        "dam.media.recipes.sound",
        "media",
        timedelta(hours=1),
        of=(Kind.SOUND,),
    ),
    RenditionSpec(
        "frames",
        noop("Shots"),
        "dam.media.recipes.frames",
        "footage",
        timedelta(hours=3, minutes=30),
        shown=False,
        quiet=True,
        tells=True,
        of=SEEN,
    ),
)


def find(kind: str) -> RenditionSpec | None:
    return next((spec for spec in RENDITIONS if spec.kind == kind), None)
