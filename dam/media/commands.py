"""FFmpeg's command lines, built as graphs with ffmpeg-python, its only importer. Pure: nothing runs here."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from dam.media import colour, matrices, specs, timeline_filters
from dam.media.probe import MediaInfo
from dam.media.specs import Movie

# No look at standard input, no banner; warnings, for dam.media.damage; the output has a name of ours.
# Time stamps stay as they are in the file: that is how the timeline was measured. However much is damaged,
# the rest is shown.
GLOBAL = ("-nostdin", "-hide_banner", "-loglevel", "repeat+warning", "-copyts", "-max_error_rate", "1")
# No encoder's name, no date: the same frames give the same bytes.
BIT_EXACT = {"fflags": "+bitexact", "flags:v": "+bitexact", "flags:a": "+bitexact", "map_metadata": -1}
THREADS = 2
# Packets of sound that wait for the first one of the picture: six hours have a million.
MOST_WAITING = 10_000_000
SCALING = "bicubic+accurate_rnd+full_chroma_int"
TABLE = "colours.cube"  # beside what is made


def make_movie(source: Path, out: Path, *, info: MediaInfo, spec: Movie, binary: str) -> list[str]:
    """An H.264 MP4 of `source`, upright, in square pixels, on the review timeline (dam.media.timing).

    Where colour.of(info) isn't plain, its table is read from TABLE in the working folder.
    """
    alpha = colour.ALPHA_DECODERS.get(info.video_codec) if colour.has_alpha(info.pixel_format) else None
    given = ffmpeg.input(
        _name(source),
        **({"c:v": alpha} if alpha else {}),
        f=info.format.demuxer,
        protocol_whitelist="file",
        threads=THREADS,
        err_detect="ignore_err",
        # One graph from beginning to end, whatever changes in the stream: a new one would count from zero.
        **{"reinit_filter:v": 0},
    )
    streams = [_picture(given[str(info.video_index)], info, spec)]
    options: dict[str, Any] = {
        "c:v": "libx264",
        "preset": spec.preset,
        "crf": spec.crf,
        "g": spec.keyframe_every,
        "pix_fmt": "yuv420p",
        "fps_mode": "passthrough",
        "threads": THREADS,
        **_BT709,
    }
    if info.audio_index is not None:
        # By a graph of its own: in one with the picture's it waits for the first picture, which some decoders
        # give at the very end, and FFmpeg has room for less than an hour of sound that waits.
        streams.append(given[str(info.audio_index)])
        options |= {"c:a": "aac", "b:a": f"{spec.audio_kbps}k", "ac": min(info.audio_channels, 2) or 1}
        options |= {"filter:a": _sound(info), "max_muxing_queue_size": MOST_WAITING}
    return _compile(ffmpeg.output(*streams, _name(out), **options, **_MP4), binary)


def extract_sound(source: Path, out: Path, *, info: MediaInfo, rate: int, binary: str) -> list[str]:
    """The sound as plain samples, 16 bits, one channel, from the first frame on, with silence in its gaps."""
    given = ffmpeg.input(
        _name(source),
        f=info.format.demuxer,
        protocol_whitelist="file",
        threads=THREADS,
        err_detect="ignore_err",
    )
    options = {"c:a": "pcm_s16le", "f": "s16le", "ac": 1, "ar": rate}
    sound = _sound(info).replace("aresample=48000:async=1", f"aresample={rate}:async=1:first_pts=0")
    return _compile(
        ffmpeg.output(given[str(info.audio_index)], _name(out), **options, **{"filter:a": sound}), binary
    )


def extract_subtitles(source: Path, out: Path, *, info: MediaInfo, binary: str) -> list[str]:
    """The first subtitles that are text, as SubRip. Fails where there are none."""
    given = ffmpeg.input(_name(source), f=info.format.demuxer, protocol_whitelist="file")
    return _compile(ffmpeg.output(given["s:0"], _name(out), **{"c:s": "srt", "f": "srt"}), binary)


def encode_raw(
    out: Path, *, width: int, height: int, frame_rate: Fraction, spec: Movie, binary: str
) -> list[str]:
    """An H.264 MP4 of raw RGB frames on standard input; the same frames give the same bytes."""
    given = ffmpeg.input(
        "pipe:0", f="rawvideo", pix_fmt="rgb24", s=f"{width}x{height}", framerate=_rate(frame_rate)
    )
    picture = given.filter(
        "scale",
        out_color_matrix="bt709",
        out_range="tv",
        flags="bicubic+accurate_rnd+full_chroma_int+bitexact",
    )
    return _compile(
        ffmpeg.output(
            picture,
            _name(out),
            **{
                "c:v": "libx264",
                "preset": spec.preset,
                "crf": spec.crf,
                "g": spec.keyframe_every,
                "pix_fmt": "yuv420p",
                "threads": 1,
                "fps_mode": "passthrough",
            },
            **_BT709,
            **_MP4,
        ),
        binary,
    )


_BT709 = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "color_range": "tv"}
_MP4 = {"f": "mp4", "movflags": "+faststart", "map_chapters": -1, **BIT_EXACT}


def _picture(video: Any, info: MediaInfo, spec: Movie) -> Any:
    width, height = specs.fit(info, spec.longest_side)
    if info.interlaced:
        video = video.filter("scale", info.width, info.height, interl=-1)  # it relies on one size
        video = video.filter("bwdif", mode="send_frame", deint="interlaced")
    video = timeline_filters.lay(video, info)
    video = _as_shown(video, colour.of(info), width, height)
    return video.filter("setsar", "1").filter("format", "yuv420p")


def _as_shown(video: Any, picture: colour.Picture, width: int, height: int) -> Any:
    """Scaled, as SDR in Rec.709, on black where it is transparent."""
    yuv = picture.layout is colour.Layout.YUV
    limited = yuv and not picture.full_range
    # The values are scaled as they are: with what the file says of them FFmpeg would refuse some.
    said = {"color_primaries": "bt709", "color_trc": "bt709", "range": "tv" if limited else "pc"}
    matrix = matrices.SCALERS[picture.matrix] if yuv and picture.is_plain else "bt709"
    video = video.filter("setparams", colorspace=matrix if yuv else "gbr", **said)
    size = {"flags": SCALING, "in_range": "tv" if limited else "pc"}
    if picture.is_plain and not picture.alpha:
        return video.filter("scale", width, height, out_range="tv", out_color_matrix="bt709", **size)
    planes = "gbrap" if picture.alpha else "gbrp"
    planes = planes if picture.depth == 8 else f"{planes}{picture.depth}le"
    if picture.is_plain:
        video = video.filter("scale", width, height, out_range="pc", **size).filter("format", planes)
    else:
        video = video.filter("scale", width, height, out_range=size["in_range"], **size)
        video = video.filter("format", picture.planar)
        if yuv:  # its planes, called green, blue and red for the table
            video = video.filter("mergeplanes", "0x00010203" if picture.alpha else "0x000102", planes)
            video = video.filter("setparams", colorspace="gbr", **(said | {"range": "pc"}))
        video = video.filter("lut3d", TABLE, interp="tetrahedral")
    if picture.alpha:  # times its alpha, which is to lay it on black
        video = video.filter("premultiply", inplace=1).filter("format", planes.replace("gbrap", "gbrp"))
    return video.filter("scale", in_range="pc", out_range="tv", out_color_matrix="bt709", flags=SCALING)


def _sound(info: MediaInfo) -> str:
    """What moves the sound to where it belongs when the first frame is at zero.

    Where a broadcast changes its channels, this graph begins anew in the middle, so it counts nothing.
    """
    late = info.audio_start - info.first_pts
    if abs(late) * 1000 >= info.duration_ms:  # a time stamp is broken
        return "asetpts=PTS-STARTPTS,aresample=48000:async=1"
    beginning = timeline_filters.exact(info.first_pts)
    return f"asetpts=PTS-{beginning}/TB,atrim=start=0,aresample=48000:async=1"


def _rate(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


def _name(path: Path) -> str:
    """With its protocol: a name that starts with a dash or holds a colon stays a name."""
    return f"file:{path}"


def _compile(output: Any, binary: str) -> list[str]:
    command: list[str] = ffmpeg.compile(output.global_args(*GLOBAL), cmd=binary, overwrite_output=True)
    return command
