"""What changes in the middle of a stream, or says too little: size, channels, order, empty frames, damage."""

import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from dam.media import frames, runner
from tests import media_factory
from tests.integration.dam.media.test_timelines import MS, TRIALS, numbers, proxy, run_ffmpeg

TICK = Fraction(1, 90_000)
OLD_AVI = TRIALS.parent / "broken" / "androidx_sample-with-large-length.avi"


def transport_stream(path: Path, *, begins: int, **of: object) -> bytes:
    """20 numbered frames from number `begins` on, at 25 a second, on one clock with the others."""
    at = [3600 * number for number in range(begins + 20)]
    media_factory.movie(
        path,
        frames=begins + 20,
        at=at,
        tick=TICK,
        format="mpegts",
        options={"bf": "0", "g": str(begins or 20), "sc_threshold": "0"},
        container_options={"mpegts_copyts": "1"},
        **of,  # type: ignore[arg-type]
    )
    cut = path.with_suffix(".cut.ts")
    run_ffmpeg("-copyts", "-ss", begins / 25, "-i", path, "-c", "copy", "-mpegts_copyts", 1, cut)
    return cut.read_bytes()


@pytest.mark.parametrize(
    "change", [{"width": 64, "height": 40}, {"pix_fmt": "yuv444p"}, {"codec": "libx264"}], ids=str
)
def test_a_stream_that_changes_stays_on_its_timeline(tmp_path: Path, change: dict[str, object]) -> None:
    one = transport_stream(tmp_path / "one.ts", begins=0)
    other = transport_stream(tmp_path / "other.ts", begins=20, **change)
    (tmp_path / "both.ts").write_bytes(one + other)
    info, out, facts = proxy(tmp_path / "both.ts")
    assert (info.frame_count, facts.frame_count) == (40, 40)
    assert numbers(out, facts, count=40) == [(n, n) for n in range(40)]
    assert numbers(tmp_path / "both.ts", info, count=40) == [(n, n) for n in range(40)]


def test_sound_goes_on_where_its_channels_change(tmp_path: Path) -> None:
    pieces = []
    for place, (layout, rate) in enumerate((("stereo", 48_000), ("mono", 44_100), ("5.1", 48_000))):
        piece = tmp_path / f"{place}.ts"
        picture = ("-f", "lavfi", "-i", "color=s=64x64:r=25:d=1")
        tone = ("-f", "lavfi", "-i", f"sine=d=1:r={rate}", "-af", f"aformat=channel_layouts={layout}")
        offset = ("-output_ts_offset", place, "-muxdelay", 0, "-mpegts_copyts", 1)
        run_ffmpeg(*picture, *tone, "-c:a", "ac3", *offset, piece)
        pieces.append(piece.read_bytes())
    master = tmp_path / "channels.ts"
    master.write_bytes(b"".join(pieces))
    _, out, _ = proxy(master)
    heard = _heard(out)
    assert heard[0] < 0.1
    assert heard[-1] > 2.8
    assert np.diff(heard).max() < 0.2


@pytest.mark.parametrize(("offset", "begins"), [(1, 1), (-1, 0)], ids=str)
def test_sound_stays_where_it_is_to_be_heard(tmp_path: Path, offset: int, begins: int) -> None:
    master = tmp_path / "offset.mkv"
    picture, tone = ("-f", "lavfi", "-i", "color=s=64x64:r=25:d=3"), ("-f", "lavfi", "-i", "sine=d=2")
    run_ffmpeg(*picture, "-itsoffset", offset, *tone, "-c:a", "flac", master)
    _, out, _ = proxy(master)
    assert _heard(out)[0] == pytest.approx(begins, abs=0.1)


def _heard(path: Path) -> list[float]:
    """When the sound is not silent, in seconds."""
    with av.open(str(path)) as container:
        return [float(frame.time or 0) for frame in container.decode(audio=0) if _is_loud(frame)]


def _is_loud(frame: av.AudioFrame) -> bool:
    return bool(np.abs(frame.to_ndarray()).mean() > 0.005)


def test_avi_keeps_the_order_that_the_decoder_knows(tmp_path: Path) -> None:
    options = {"bf": "3", "b_strategy": "0"}
    master = media_factory.movie(tmp_path / "old.avi", frames=50, options=options)
    info, out, facts = proxy(master)
    assert info.counted
    assert (info.frame_count, facts.frame_count) == (50, 50)
    assert numbers(master, info, count=50) == numbers(out, facts, count=50) == [(n, n) for n in range(50)]


@pytest.mark.parametrize("empty", [1, 20], ids=str)
def test_avi_with_an_empty_frame_keeps_the_order_too(tmp_path: Path, empty: int) -> None:
    """Behind the first picture it makes this one alone come earlier than it is shown; else it is a gap."""
    options, later = {"bf": "3", "b_strategy": "0"}, f"gte(N,{empty})"
    film = media_factory.movie(tmp_path / "film.avi", frames=50, options=options)
    master = tmp_path / "old.avi"
    run_ffmpeg("-i", film, "-c", "copy", "-bsf:v", f"setts=pts='PTS+{later}':dts='DTS+{later}'", master)
    info, out, facts = proxy(master)
    gap = empty - 1  # FFmpeg tells of it one picture early
    shown = [*range(gap), *range(max(gap - 1, 0), 50)]
    assert info.counted
    assert numbers(master, info, count=60) == numbers(out, facts, count=60) == [*enumerate(shown)]


@pytest.mark.skipif(not OLD_AVI.exists(), reason="The broken files are not here.")
def test_avi_of_another_maker_keeps_the_order_too() -> None:
    assert runner.probe(OLD_AVI).counted


def test_avi_with_empty_frames_is_whole(tmp_path: Path) -> None:
    """A screen recorder leaves a frame empty where nothing moves."""
    at = [*range(0, 400, 40), *range(400, 2400, 400), *range(2400, 2800, 40)]
    film = media_factory.movie(tmp_path / "film.mkv", codec="ffv1", frames=25, at=at, tick=MS)
    master = tmp_path / "recorded.avi"
    run_ffmpeg("-i", film, "-c:v", "ffv1", "-fps_mode", "passthrough", "-enc_time_base", "1/25", master)
    info, out, facts = proxy(master)
    assert (info.frame_count, facts.frame_count, info.warnings) == (70, 70, ())
    assert numbers(master, info, count=35) == numbers(out, facts, count=35)


def test_a_damaged_picture_looks_alike_in_sample_and_proxy(tmp_path: Path) -> None:
    film = media_factory.movie(
        tmp_path / "film.flv", codec="flv", frames=40, width=256, height=144, options={"g": "20"}
    )
    content, chance = bytearray(film.read_bytes()), random.Random(0)
    for _ in range(4):
        place = chance.randrange(len(content) * 3 // 10, len(content) * 8 // 10)
        content[place : place + 30] = chance.randbytes(30)
    master = tmp_path / "damaged.flv"
    master.write_bytes(content)
    info, out, facts = proxy(master)
    every = range(info.frame_count)
    pairs = zip(
        frames.sample(master, info=info, indexes=every, max_side=64),
        frames.sample(out, info=facts, indexes=every, max_side=64),
        strict=True,
    )
    unlike = [float(np.abs(one.rgb.astype(int) - other.rgb).mean()) for one, other in pairs]
    assert max(unlike) < 8
    assert any("damaged" in warning for warning in facts.warnings)


def test_fragments_whose_clock_goes_back_are_noted(tmp_path: Path) -> None:
    whole = media_factory.movie(
        tmp_path / "whole.mp4",
        frames=60,
        options={"bf": "0", "g": "20", "sc_threshold": "0"},
        container_options={"movflags": "frag_keyframe+empty_moov+default_base_moof"},
    )
    assert runner.probe(whole).warnings == ()
    head, *fragments = whole.read_bytes().split(b"tfdt")
    starts = [part[4:12] for part in fragments]
    back = b"tfdt".join(
        [head, *(part[:4] + at + part[12:] for part, at in zip(fragments, starts[::-1], strict=True))]
    )
    (tmp_path / "back.mp4").write_bytes(back)
    assert "40 of 60 frames come at the same time" in runner.probe(tmp_path / "back.mp4").warnings[0]
