"""Poster and proxy of the same master show the same colours, whatever its file says of them."""

import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray

from dam.media import ffmpeg, runner

TRIALS = Path(settings.BASE_DIR).parent / "shared" / "media" / "trials"
GREY_TO_BLUE = "b4b4b4 b4b410 10b4b4 10b410 b410b4 b41010 1010b4 3c5a78"
BARS = np.frombuffer(bytes.fromhex(GREY_TO_BLUE), np.uint8).reshape(8, 3)


def movie(
    path: Path,
    codec: str,
    pix_fmt: str,
    *,
    alpha: NDArray[np.uint8] | None = None,
    said: dict[str, int] | None = None,
) -> Path:
    """Eight bars; `said` is written into the file and changes no value."""
    rgb = np.repeat(np.repeat(BARS, 16, axis=0)[None], 96, axis=0)
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream(codec, rate=Fraction(25))
        video.width, video.height, video.pix_fmt = 128, 96, pix_fmt
        for name, code in (said or {}).items():
            setattr(video.codec_context, name, code)
        for place in range(6):
            picture = rgb if alpha is None else np.dstack([rgb, alpha])
            given = av.VideoFrame.from_ndarray(picture, format="rgb24" if alpha is None else "rgba")
            frame = given.reformat(format=pix_fmt)
            frame.pts, frame.time_base = place, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


def shown(master: Path, tmp_path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A frame as posters, sprites and search have it, and as the proxy shows it."""
    info = runner.probe(master)
    proxy = tmp_path / "proxy.mp4"
    facts = runner.proxy(master, proxy, info=info)
    assert facts.colour_matrix == facts.colour_primaries == facts.colour_transfer == 1
    sampled = next(iter(runner.sample_frames(master, info=info, count=1)))
    played = next(iter(runner.sample_frames(proxy, info=facts, count=1)))
    return sampled.rgb, played.rgb


def difference(sampled: NDArray[np.uint8], played: NDArray[np.uint8]) -> float:
    """The largest in the middle of any bar."""
    middles = [slice(16 * bar + 6, 16 * bar + 10) for bar in range(8)]
    return max(
        float(np.abs(sampled[40:56, middle].mean((0, 1)) - played[40:56, middle].mean((0, 1))).mean())
        for middle in middles
    )


SAID = {
    "YCgCo": {"colorspace": 8},
    "ICtCp": {"colorspace": 14, "color_trc": 16, "color_primaries": 9},
    "constant luminance": {"colorspace": 10, "color_trc": 14, "color_primaries": 9},
    "PQ in BT.709": {"colorspace": 1, "color_trc": 16, "color_primaries": 1},
    "HLG": {"colorspace": 9, "color_trc": 18, "color_primaries": 9},
    "BT.601": {"colorspace": 6, "color_trc": 6, "color_primaries": 6},
    "linear": {"colorspace": 1, "color_trc": 8, "color_primaries": 1},
    "nothing": {},
}


@pytest.mark.parametrize("name", SAID)
def test_poster_and_proxy_are_alike(name: str, tmp_path: Path) -> None:
    master = movie(tmp_path / "bars.mp4", "libx264", "yuv444p", said=SAID[name])
    assert difference(*shown(master, tmp_path)) < 8


@pytest.mark.parametrize(("matrix", "pix_fmt", "depth"), [(16, "yuv444p10le", 10), (17, "yuv444p9le", 9)])
def test_ycgco_without_loss_shows_the_colours_it_was_made_of(
    matrix: int, pix_fmt: str, depth: int, tmp_path: Path
) -> None:
    """By ITU-T H.273: Y, Cg and Co of whole numbers, in planes of one or two bits more."""
    red, green, blue = (BARS[:, place].astype(int) for place in range(3))
    orange = red - blue
    middle = blue + (orange >> 1)
    half = 2 ** (depth - 1)
    planes = [middle + ((green - middle) >> 1), green - middle + half, orange + half]
    master = tmp_path / "ycgco.mkv"
    with av.open(str(master), "w") as container:
        video: Any = container.add_stream("ffv1", rate=Fraction(25), options={"strict": "-2"})
        video.width, video.height, video.pix_fmt = 128, 96, pix_fmt
        video.codec_context.colorspace, video.codec_context.color_range = matrix, 2
        for place in range(6):
            frame = av.VideoFrame(128, 96, pix_fmt)
            for plane, values in zip(frame.planes, planes, strict=True):
                rows = np.zeros((96, plane.line_size // 2), "<u2")
                rows[:, :128] = np.repeat(values, 16)
                plane.update(rows.tobytes())
            frame.colorspace, frame.color_range = matrix, 2
            frame.pts, frame.time_base = place, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    info = runner.probe(master)
    assert (info.colour_matrix, info.warnings) == (matrix, ())
    sampled, played = shown(master, tmp_path)
    assert difference(sampled, played) < 8
    assert np.abs(sampled[48, 8::16].astype(int) - BARS).max() < 8


@pytest.mark.parametrize("said", [{"colorspace": 14, "color_trc": 1}])
def test_a_matrix_that_another_stands_in_for_is_told(said: dict[str, int], tmp_path: Path) -> None:
    info = runner.probe(movie(tmp_path / "bars.mkv", "ffv1", "yuv444p", said=said))
    assert (info.colour_matrix, len(info.warnings)) == (said["colorspace"], 1)


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "suffix"),
    [("libx264rgb", "rgb24", "mp4"), ("ffv1", "gbrp10le", "mkv"), ("libx265", "yuv444p12le", "mp4")],
)
def test_other_ways_to_store_a_picture_are_alike(
    codec: str, pix_fmt: str, suffix: str, tmp_path: Path
) -> None:
    master = movie(tmp_path / f"bars.{suffix}", codec, pix_fmt)
    sampled, played = shown(master, tmp_path)
    assert difference(sampled, played) < 8
    assert np.abs(sampled[48, 8::16].astype(int) - BARS).max() < 8  # as in the source


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "suffix"),
    [("libvpx-vp9", "yuva420p", "webm"), ("prores_ks", "yuva444p10le", "mov"), ("qtrle", "argb", "mov")],
)
def test_transparent_parts_are_shown_on_black(codec: str, pix_fmt: str, suffix: str, tmp_path: Path) -> None:
    alpha = np.full((96, 128), 255, np.uint8)
    alpha[:, 64:] = 0
    master = movie(tmp_path / f"alpha.{suffix}", codec, pix_fmt, alpha=alpha)
    assert runner.probe(master).transparent
    for picture in shown(master, tmp_path):
        assert picture[:, :60].mean() > 60
        assert picture[:, 70:].max() < 12


def test_a_palette_without_transparent_colours_is_opaque(tmp_path: Path) -> None:
    master = tmp_path / "palette.mov"
    command = ["-f", "lavfi", "-i", "testsrc=s=64x48:d=0.2", "-c:v", "qtrle", "-pix_fmt", "gray", str(master)]
    subprocess.run([ffmpeg.binary(), "-nostdin", "-loglevel", "error", "-y", *command], check=True)
    info = runner.probe(master)
    assert info.pixel_format == "pal8"
    assert not info.transparent


def test_transparency_that_no_decoder_here_reads_is_noted(tmp_path: Path) -> None:
    master = tmp_path / "alpha.mov"
    source = "color=red@0.5:s=64x48:d=0.2,format=yuva420p"
    command = ["-f", "lavfi", "-i", source, "-c:v", "libx265", "-pix_fmt", "yuva420p", "-tag:v", "hvc1"]
    options = ["-x265-params", "alpha=1:log-level=error", str(master)]
    subprocess.run([ffmpeg.binary(), "-nostdin", "-loglevel", "error", "-y", *command, *options], check=True)
    info = runner.probe(master)
    assert info.transparent or "transparency" in " ".join(info.warnings)


@pytest.mark.skipif(not TRIALS.is_dir(), reason="the files for trials are not here")
@pytest.mark.parametrize("name", ["01_ycgco.mp4", "02_fakepq_bars.mp4", "02_pqP3.mp4", "09_alpha_vp9.webm"])
def test_files_of_trials_look_alike_everywhere(name: str, tmp_path: Path) -> None:
    sampled, played = (picture.astype(int) for picture in shown(TRIALS / name, tmp_path))
    height, width = min(sampled.shape[0], played.shape[0]), min(sampled.shape[1], played.shape[1])
    assert np.abs(sampled[:height, :width].mean() - played[:height, :width].mean()) < 4
