"""What a download preset asks for, and the files that follow from it: shape, size, codec, sound. Pure.

Every format here but WebM can hold Content Credentials (c2pa reads and writes them all); those of WebM come
in a file beside it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from dam.core.language import noop
from dam.media import sniffer
from dam.media.overlay import Notice
from dam.media.probe import Kind, MediaInfo
from dam.media.sniffer import FileKind


class Format(StrEnum):
    H264 = "h264"
    HEVC = "hevc"
    AV1 = "av1"
    VP9 = "vp9"
    WEBM = "webm"
    PRORES = "prores"
    PRORES_4444 = "prores_4444"
    GIF = "gif"
    WEBP = "webp"
    AVIF = "avif"
    JPEG = "jpeg"
    PNG = "png"
    STILL_WEBP = "webp_still"
    STILL_AVIF = "avif_still"
    MP3 = "mp3"
    AAC = "aac"
    WAV = "wav"


class Medium(StrEnum):
    VIDEO = "video"
    ANIMATION = "animation"
    STILL = "still"
    SOUND = "sound"

    @property
    def of(self) -> tuple[Kind, ...]:
        """Which clips such files are made of."""
        made_of = {Medium.SOUND: (Kind.SOUND,), Medium.STILL: (Kind.VIDEO, Kind.STILL)}
        return made_of.get(self, (Kind.VIDEO,))


class Shape(StrEnum):
    ORIGINAL = "original"
    LANDSCAPE = "16:9"
    SQUARE = "1:1"
    PORTRAIT = "9:16"
    FEED = "4:5"

    @property
    def ratio(self) -> Fraction | None:
        """Width over height; None for that of the clip."""
        return None if self is Shape.ORIGINAL else Fraction(*map(int, self.value.split(":")))


class Captions(StrEnum):
    NONE = "none"
    TRACK = "track"  # to be turned on and off in the player
    BURNT_IN = "burnt_in"


@dataclass(frozen=True)
class FormatSpec:
    """How a format is made: FFmpeg's encoders and options. `rates` are options that a bitrate cap adds."""

    title: str
    medium: Medium
    kind: FileKind
    muxer: str
    encoder: str
    pixels: str
    options: Mapping[str, Any]
    sound: Mapping[str, Any] = field(default_factory=dict)
    captions: bool = False  # whether the container takes a track of them
    capped: bool = False  # whether a bitrate cap means anything
    most_rate: int | None = None  # frames a second
    most_channels: int | None = None  # of sound alone
    old_matrix: str = ""  # BT.601 in this range ("tv", "pc"), where readers expect nothing else
    cost: int = 1  # of encoding, times H.264's
    bytes_per_pixel: float = 0.32  # at most, of each picture
    needs: tuple[str, ...] = ()  # FFmpeg's filters and encoders besides
    better: Mapping[str, Any] = field(default_factory=dict)  # options for a second try, at a higher rate
    see_through: str = ""  # the pixels that keep a clip's transparency, where the format can
    keeping: Mapping[str, Any] = field(default_factory=dict)  # options that keeping it takes
    alpha: Mapping[str, Any] = field(
        default_factory=dict
    )  # options of a stream of its own that it is kept in

    @property
    def suffix(self) -> str:
        return self.kind.suffix

    @property
    def beside(self) -> bool:
        """Whether its Content Credentials come in a file beside it."""
        return self.kind is sniffer.WEBM


def _mp4(title: str, encoder: str, options: Mapping[str, Any], *, cost: int = 1, better: int) -> FormatSpec:
    return FormatSpec(
        title,
        Medium.VIDEO,
        sniffer.MP4,
        "mp4",
        encoder,
        "yuv420p",
        options,
        sound={"c:a": "aac", "b:a": "192k"},
        captions=True,
        capped=True,
        cost=cost,
        needs=("aac",),
        better={"crf": better},
    )


def _sound(
    title: str,
    kind: FileKind,
    muxer: str,
    encoder: str,
    options: Mapping[str, Any],
    *,
    most_channels: int | None,
) -> FormatSpec:
    sound = {"c:a": encoder, **options}
    return FormatSpec(
        title, Medium.SOUND, kind, muxer, encoder, "", {}, sound=sound, most_channels=most_channels
    )


_ALPHA = {"c:v:1": "libaom-av1", "crf:v:1": 12, "cpu-used:v:1": 8}
_VP9 = {"deadline": "good", "cpu-used": 4, "row-mt": 1, "crf": 31, "b:v": 0, "g": 120}
FORMATS: dict[Format, FormatSpec] = {
    Format.H264: _mp4("H.264 (MP4)", "libx264", {"preset": "medium", "crf": 20, "g": 48}, better=14),
    Format.HEVC: _mp4(
        "HEVC (MP4)",
        "libx265",
        {"preset": "medium", "crf": 23, "g": 48, "tag:v": "hvc1", "x265-params": "log-level=error:info=0"},
        cost=4,
        better=16,
    ),
    Format.AV1: _mp4("AV1 (MP4)", "libsvtav1", {"preset": 8, "crf": 32, "g": 120}, cost=4, better=20),
    Format.VP9: _mp4(
        "VP9 (MP4)",
        "libvpx-vp9",
        _VP9,
        cost=4,
        better=20,
    ),
    Format.WEBM: FormatSpec(
        "VP9 (WebM)",
        Medium.VIDEO,
        sniffer.WEBM,
        "webm",
        "libvpx-vp9",
        "yuv420p",
        _VP9,
        sound={"c:a": "libopus", "b:a": "160k"},
        capped=True,
        cost=4,
        needs=("libopus",),
        better={"crf": 20},
    ),
    Format.PRORES: FormatSpec(
        "ProRes 422 HQ (MOV)",
        Medium.VIDEO,
        sniffer.QUICKTIME,
        "mov",
        "prores_ks",
        "yuv422p10le",
        {"profile:v": 3, "vendor": "apl0"},
        sound={"c:a": "pcm_s16le"},
        bytes_per_pixel=2,
        needs=("pcm_s16le",),
    ),
    Format.PRORES_4444: FormatSpec(
        "ProRes 4444 (MOV)",
        Medium.VIDEO,
        sniffer.QUICKTIME,
        "mov",
        "prores_ks",
        "yuv444p10le",
        {"profile:v": 4, "vendor": "apl0"},
        sound={"c:a": "pcm_s16le"},
        bytes_per_pixel=4,
        needs=("pcm_s16le",),
        see_through="yuva444p10le",
        keeping={"alpha_bits": 16},
    ),
    Format.GIF: FormatSpec(
        "GIF",
        Medium.ANIMATION,
        sniffer.GIF,
        "gif",
        "gif",
        "rgb24",
        {"loop": 0},
        most_rate=15,
        bytes_per_pixel=2,
        needs=("palettegen", "paletteuse"),
        see_through="rgba",
    ),
    Format.WEBP: FormatSpec(
        "WebP",
        Medium.ANIMATION,
        sniffer.WEBP,
        "webp",
        "libwebp_anim",
        "yuv420p",
        {"loop": 0, "quality": 75},
        most_rate=25,
        old_matrix="tv",
        cost=2,
        bytes_per_pixel=1,
        see_through="bgra",
        keeping={"lossless": 1},  # otherwise FFmpeg's WebP loses it
    ),
    Format.AVIF: FormatSpec(
        "AVIF",
        Medium.ANIMATION,
        sniffer.AVIF,
        "avif",
        "libsvtav1",
        "yuv420p",
        {"preset": 8, "crf": 35},
        most_rate=25,
        cost=4,
        see_through="yuv420p",
        alpha=_ALPHA,
    ),
    Format.JPEG: FormatSpec(
        noop("Still picture (JPEG)"),
        Medium.STILL,
        sniffer.JPEG,
        "image2",
        "mjpeg",
        "yuvj420p",
        {"q:v": 3, "update": 1},
        old_matrix="pc",
        bytes_per_pixel=4,
    ),
    Format.PNG: FormatSpec(
        noop("Still picture (PNG)"),
        Medium.STILL,
        sniffer.PNG,
        "image2",
        "png",
        "rgb24",
        {"update": 1},
        bytes_per_pixel=4,
        see_through="rgba",
    ),
    Format.STILL_WEBP: FormatSpec(
        noop("Still picture (WebP)"),
        Medium.STILL,
        sniffer.WEBP,
        "webp",
        "libwebp",
        "yuv420p",
        {"quality": 85},
        old_matrix="tv",
        bytes_per_pixel=4,
        see_through="bgra",
        keeping={"lossless": 1},
    ),
    Format.STILL_AVIF: FormatSpec(
        noop("Still picture (AVIF)"),
        Medium.STILL,
        sniffer.AVIF,
        "avif",
        "libaom-av1",
        "yuv420p",
        {"crf": 20, "cpu-used": 6, "still-picture": 1},
        cost=4,
        bytes_per_pixel=4,
        see_through="yuv420p",
        alpha=_ALPHA,
    ),
    Format.MP3: _sound("MP3", sniffer.MP3, "mp3", "libmp3lame", {"b:a": "256k"}, most_channels=2),
    Format.AAC: _sound("AAC (M4A)", sniffer.M4A, "ipod", "aac", {"b:a": "192k"}, most_channels=2),
    Format.WAV: _sound("WAV", sniffer.WAV, "wav", "pcm_s24le", {}, most_channels=None),
}
# Text in the picture, and the loudness of the sound.
TEXT_FILTER, LOUDNESS_FILTER = "ass", "loudnorm"

SIDES = (3840, 2560, 1920, 1280, 1080, 960, 720, 640, 480, 320)  # pixels, of the longer side
RATES = (50_000, 20_000, 10_000, 8_000, 6_000, 4_000, 2_500, 1_500, 800, 400)  # kbit/s
LOUDNESSES = (-14, -16, -18, -23, -24)  # LUFS
LONGEST_LABEL = 80
LONGEST_ANIMATION_MS = 60_000
MAX_SIDE = 16_384


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One way of making a file of a clip."""

    format: Format = Format.H264
    shape: Shape = Shape.ORIGINAL
    longest_side: int | None = None  # None: as large as the release
    most_kbps: int | None = None  # of the picture
    label: str = ""
    captions: Captions = Captions.NONE
    loudness: int | None = None  # LUFS; None leaves the sound as it is
    notices: tuple[Notice, ...] = ()  # labels of disclosure; no brand's preset has any
    language: str = ""  # of the captions, where the version has several; no preset says so itself
    watermark: bool = False  # whether the brand wants an invisible one; no preset says so itself

    @property
    def spec(self) -> FormatSpec:
        return FORMATS[self.format]

    def to_json(self) -> dict[str, Any]:
        data = {name: str(each) if isinstance(each, StrEnum) else each for name, each in asdict(self).items()}
        for name in ("notices", "watermark", "language"):
            if not data[name]:  # so that files without keep the digest that they always had
                del data[name]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Recipe":
        return cls(
            format=Format(data["format"]),
            shape=Shape(data["shape"]),
            longest_side=data["longest_side"],
            most_kbps=data["most_kbps"],
            label=data["label"],
            captions=Captions(data["captions"]),
            loudness=data["loudness"],
            notices=tuple(Notice.from_json(each) for each in data.get("notices", ())),
            watermark=bool(data.get("watermark")),
            language=str(data.get("language", "")),
        )


@dataclass(frozen=True)
class Box:
    """A part of the picture in its own pixels."""

    left: int
    top: int
    width: int
    height: int


def digest(recipe: Recipe, *, focus: tuple[int, int], captions: str = "", frame: int = 0) -> str:
    """What makes two files of one release the same: settings, and of the clip what these make use of.

    `focus` is in thousandths, `captions` the text that goes in, `frame` the one a still shows.
    """
    parts: dict[str, Any] = {"recipe": recipe.to_json()}
    if recipe.shape is not Shape.ORIGINAL:
        parts["focus"] = focus
    if recipe.captions is not Captions.NONE:
        parts["captions"] = hashlib.sha256(captions.encode()).hexdigest()
    if recipe.spec.medium is Medium.STILL:
        parts["frame"] = frame
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def crop(info: MediaInfo, shape: Shape, *, focus: tuple[int, int]) -> Box:
    """The largest part of this shape around the focus, in the pixels of the upright picture.

    Both sides are even; at an edge the box stays inside.
    """
    ratio = shape.ratio
    if ratio is None:
        return Box(0, 0, info.width, info.height)
    shown = Fraction(info.shown_width, info.height)
    width = min(info.width, _even(info.width * ratio / shown)) if ratio < shown else info.width
    height = min(info.height, _even(info.height * shown / ratio)) if ratio > shown else info.height
    return Box(
        _placed(info.width, width, Fraction(focus[0], 1000)),
        _placed(info.height, height, Fraction(focus[1], 1000)),
        width,
        height,
    )


def size(info: MediaInfo, recipe: Recipe) -> tuple[int, int]:
    """Width and height in square pixels, exactly of the shape, never enlarged; even, but of a whole image."""
    most = recipe.longest_side or MAX_SIDE
    if info.kind is Kind.STILL and recipe.shape is Shape.ORIGINAL and max(info.width, info.height) <= most:
        return info.width, info.height
    box = crop(info, recipe.shape, focus=(500, 500))
    width, height = Fraction(box.width * info.shown_width, info.width), Fraction(box.height)
    if recipe.shape.ratio is not None:  # as agreed, whatever rounding did to the box
        width, height = (
            (height * recipe.shape.ratio, height)
            if recipe.shape.ratio < 1
            else (width, width / recipe.shape.ratio)
        )
    scale = min(Fraction(1), Fraction(most) / max(width, height))
    return _even(width * scale), _even(height * scale)


def encoding(recipe: Recipe, *, better: bool = False) -> dict[str, Any]:
    """FFmpeg's options of the picture, below the recipe's bitrate; `better` as for a second try."""
    spec, most = recipe.spec, f"{recipe.most_kbps}k"
    options = dict(spec.options) | dict(spec.better if better else {})
    if not recipe.most_kbps or not spec.capped:
        return options
    if recipe.format in (Format.VP9, Format.WEBM):
        return options | {"b:v": most}  # with a CRF: at most
    return options | {"maxrate": most, "bufsize": f"{2 * recipe.most_kbps}k"}


def rate(info: MediaInfo, recipe: Recipe) -> Fraction:
    """Frames a second: the clip's, or as many as the format is given at most."""
    most = recipe.spec.most_rate
    return min(info.frame_rate, Fraction(most)) if most else info.frame_rate


def _even(value: Fraction) -> int:
    return max(2, round(value / 2) * 2)


def _placed(whole: int, part: int, focus: Fraction) -> int:
    return max(0, min(round(whole * focus - Fraction(part, 2)), whole - part)) // 2 * 2
