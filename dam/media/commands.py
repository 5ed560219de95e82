"""FFmpeg's command lines, built as graphs with ffmpeg-python, its only importer. Pure: nothing runs here."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from dam.media import specs
from dam.media.probe import MediaInfo
from dam.media.specs import Movie

# No look at standard input, no banner, errors alone; the output has a name of ours.
GLOBAL = ("-nostdin", "-hide_banner", "-loglevel", "error")
# No encoder's name, no date: the same frames give the same bytes.
BIT_EXACT = {"fflags": "+bitexact", "flags:v": "+bitexact", "flags:a": "+bitexact", "map_metadata": -1}
# Sound that leads by less is a codec's run-in, which the decoder drops.
RUN_IN = Fraction(1, 10)
THREADS = 2


def make_movie(source: Path, out: Path, *, info: MediaInfo, spec: Movie, binary: str) -> list[str]:
    """An H.264 MP4 of `source`, upright, in square pixels, on the grid of info.frame_rate.

    A constant rate keeps every frame, numbered as it comes; a variable one is laid on the grid.
    """
    given = ffmpeg.input(
        _name(source),
        f=info.format.demuxer,
        protocol_whitelist="file",
        threads=THREADS,
        err_detect="ignore_err",
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
    }
    if info.audio_index is not None:
        streams.append(_sound(given[str(info.audio_index)], info))
        options |= {"c:a": "aac", "b:a": f"{spec.audio_kbps}k", "ac": min(info.audio_channels, 2) or 1}
    return _compile(ffmpeg.output(*streams, _name(out), **options, **_MP4), binary)


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
                "colorspace": "bt709",
                "color_primaries": "bt709",
                "color_trc": "bt709",
                "color_range": "tv",
                "fps_mode": "passthrough",
            },
            **_MP4,
        ),
        binary,
    )


_MP4 = {"f": "mp4", "movflags": "+faststart", "map_chapters": -1, **BIT_EXACT}


def _picture(video: Any, info: MediaInfo, spec: Movie) -> Any:
    width, height = specs.fit(info, spec.longest_side)
    rate = _rate(info.frame_rate)
    if info.interlaced:
        video = video.filter("bwdif", mode="send_frame", deint="interlaced")
    if info.variable_rate:
        video = video.filter("setpts", "PTS-STARTPTS")
    else:
        inverse = 1 / info.frame_rate
        video = video.filter("settb", _rate(inverse)).filter("setpts", "N")
    video = video.filter("fps", fps=rate, round="near")
    colours = {"out_color_matrix": "bt709"} if info.pixel_format.startswith(("rgb", "bgr", "gbr")) else {}
    video = video.filter("scale", width, height, flags="bicubic", out_range="tv", **colours)
    if info.transfer != "sdr":
        video = _tone_map(video, "smpte2084" if info.transfer == "pq" else "arib-std-b67")
    return video.filter("setsar", "1").filter("format", "yuv420p")


def _tone_map(video: Any, transfer: str) -> Any:
    """HDR in BT.2020 to BT.709 for ordinary screens."""
    given = {"tin": transfer, "min": "2020_ncl", "pin": "2020", "rin": "tv"}
    return (
        video.filter("format", "yuv420p10le")
        .filter("zscale", t="linear", npl=203, **given)
        .filter("format", "gbrpf32le")
        .filter("zscale", p="709")
        .filter("tonemap", tonemap="mobius", desat=0)
        .filter("zscale", t="709", m="709", r="tv")
    )


def _sound(audio: Any, info: MediaInfo) -> Any:
    """The sound, moved to where it belongs when the first frame is at zero."""
    audio = audio.filter("asetpts", "PTS-STARTPTS")
    late = info.audio_start - info.first_pts
    if abs(late) * 1000 < info.duration_ms:  # beyond that a time stamp is broken
        if late > 0:
            audio = audio.filter("adelay", f"{round(late * 1000)}", all=1)
        elif -late > RUN_IN:
            audio = audio.filter("atrim", start=f"{float(-late):.6f}").filter("asetpts", "PTS-STARTPTS")
    return audio.filter("aresample", 48000, **{"async": 1})


def _rate(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


def _name(path: Path) -> str:
    """With its protocol: a name that starts with a dash or holds a colon stays a name."""
    return f"file:{path}"


def _compile(output: Any, binary: str) -> list[str]:
    command: list[str] = ffmpeg.compile(output.global_args(*GLOBAL), cmd=binary, overwrite_output=True)
    return command
