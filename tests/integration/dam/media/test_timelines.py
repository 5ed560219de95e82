"""One answer to "which picture is shown at frame n": in samples of the master and in its proxy."""

import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings

from dam.media import completeness, ffmpeg, runner
from dam.media.probe import Kind, MediaInfo
from tests import media_factory

TRIALS = Path(settings.BASE_DIR).parent / "shared" / "media" / "trials"
MS = Fraction(1, 1000)
# 25 a second, one picture for 8 s, 25 a second again.
SCREEN_RECORDING = [*range(0, 1000, 40), *range(9000, 9400, 40)]


def run_ffmpeg(*arguments: object) -> None:
    command = [ffmpeg.binary(), "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


def numbers(path: Path, info: MediaInfo, *, count: int) -> list[tuple[int, int]]:
    """The frames asked for, and the numbers that their pictures say."""
    sampled = runner.sample_frames(path, info=info, count=count)
    return [(frame.index, media_factory.number_of(frame.rgb)) for frame in sampled]


def proxy(master: Path) -> tuple[MediaInfo, Path, MediaInfo]:
    out = master.with_suffix(".proxy.mp4")
    info = runner.probe(master)
    return info, out, runner.proxy(master, out, info=info)


def test_a_sampled_frame_is_what_the_proxy_shows_then(tmp_path: Path) -> None:
    master = media_factory.movie(
        tmp_path / "screen.mp4", frames=35, at=SCREEN_RECORDING, tick=MS, sound=False
    )
    info, out, facts = proxy(master)
    assert (info.frame_count, facts.frame_count) == (235, 235)
    sampled = numbers(master, info, count=25)
    assert len(sampled) == 25
    assert sampled == numbers(out, facts, count=25)
    assert dict(sampled)[117] == 24


@pytest.mark.parametrize("at", [range(0, 20_000, 2000), (0, 60_000)], ids=str)
def test_the_last_picture_is_shown_however_short(tmp_path: Path, at: Sequence[int]) -> None:
    master = media_factory.movie(tmp_path / "slow.mp4", frames=len(at), at=at, tick=MS)
    info, out, facts = proxy(master)
    assert info.frame_count == facts.frame_count > at[-1] // 1000
    assert numbers(out, facts, count=info.frame_count)[-1] == (info.frame_count - 1, len(at) - 1)


def test_a_picture_that_stays_for_hours_is_held_in_the_proxy(tmp_path: Path) -> None:
    late = 4 * 3600 * 1000
    master = media_factory.movie(
        tmp_path / "late.mkv", frames=31, at=[*range(0, 1200, 40), late], tick=MS, rate=Fraction(25)
    )
    info, out, facts = proxy(master)
    assert info.frame_count == facts.frame_count == late // 40 + 1
    assert info.holds == ((29, late // 40 - 1),)
    assert out.stat().st_size < 200_000
    assert numbers(master, info, count=7) == numbers(out, facts, count=7)
    assert [number for _, number in numbers(master, info, count=7)] == [29] * 7


def test_one_picture_lasts_as_long_as_its_sound(tmp_path: Path) -> None:
    picture = media_factory.movie(tmp_path / "picture.mp4", frames=1)
    master = tmp_path / "still.mp4"
    run_ffmpeg("-i", picture, "-f", "lavfi", "-i", "sine=d=20", "-c:v", "copy", "-c:a", "aac", master)
    info, _, facts = proxy(master)
    assert (info.frame_count, info.duration_ms) == (500, 20_000)
    assert abs(facts.duration_ms - 20_000) < 1500
    released = runner.transcode_release(master, tmp_path / "release.mp4", info=info)
    assert abs(released.duration_ms - 20_000) < 1500


def test_one_picture_with_an_hour_of_sound_is_played(tmp_path: Path) -> None:
    """As many packets of sound as an hour has, though short: all come before the only picture is decoded."""
    picture = media_factory.movie(tmp_path / "picture.mp4", frames=1)
    master = tmp_path / "podcast.mkv"
    run_ffmpeg(
        *("-i", picture, "-f", "lavfi", "-i", "sine=d=280:r=8000", "-c:v", "copy"),
        *("-c:a", "flac", "-compression_level", "0", "-frame_size", "16", master),
    )
    _, _, facts = proxy(master)
    assert facts.has_audio
    assert abs(facts.duration_ms - 280_000) < 1500


def test_sound_that_begins_before_the_picture_is_kept(tmp_path: Path) -> None:
    picture = media_factory.movie(tmp_path / "picture.mp4", frames=25)
    master = tmp_path / "late.mkv"
    run_ffmpeg(
        *("-itsoffset", "2", "-i", picture, "-f", "lavfi", "-i", "sine=d=3"),
        *("-map", "0", "-map", "1", "-c:v", "copy", "-c:a", "aac", master),
    )
    info, out, facts = proxy(master)
    assert (info.first_picture, info.frame_count, facts.frame_count) == (50, 75, 75)
    assert numbers(out, facts, count=75)[48:52] == [(48, 0), (49, 0), (50, 0), (51, 1)]


def test_a_cut_that_encodes_nothing_anew_is_taken_with_what_it_shows(tmp_path: Path) -> None:
    whole = media_factory.movie(tmp_path / "whole.mp4", frames=60, options={"bf": "0", "g": "60"})
    cut = tmp_path / "cut.mp4"
    run_ffmpeg("-ss", "1.6", "-i", whole, "-c", "copy", cut)
    info, out, facts = proxy(cut)
    assert (info.frame_count, facts.frame_count, info.warnings) == (20, 20, ())
    assert numbers(out, facts, count=20) == [(n, n + 40) for n in range(20)]


def test_a_file_whose_clock_starts_late_is_taken(tmp_path: Path) -> None:
    whole = media_factory.movie(tmp_path / "whole.mp4", frames=25)
    late = tmp_path / "late.mkv"
    run_ffmpeg("-i", whole, "-c", "copy", "-output_ts_offset", "3.37", late)
    info, _, facts = proxy(late)
    assert (info.frame_count, facts.frame_count, info.warnings) == (25, 25, ())


def test_a_transport_stream_whose_clock_runs_over_is_one_clip(tmp_path: Path) -> None:
    whole = media_factory.movie(tmp_path / "whole.mp4", frames=50)
    over = tmp_path / "over.ts"
    run_ffmpeg("-i", whole, "-c", "copy", "-output_ts_offset", 2**33 / 90_000 - 1, over)
    info, out, facts = proxy(over)
    assert (info.frame_count, facts.frame_count) == (50, 50)
    assert numbers(out, facts, count=50) == [(n, n) for n in range(50)]


@pytest.mark.parametrize("movflags", ["frag_keyframe+empty_moov", "+faststart"])
@pytest.mark.parametrize("options", [{"bf": "3"}, {"bf": "0"}])
def test_frames_keep_their_numbers_in_any_order_of_packets(
    tmp_path: Path, movflags: str, options: dict[str, str]
) -> None:
    whole = media_factory.movie(tmp_path / "whole.mp4", frames=50, options=options)
    other = tmp_path / "other.mp4"
    run_ffmpeg("-i", whole, "-c", "copy", "-movflags", movflags, other)
    info, out, facts = proxy(other)
    assert (info.frame_count, facts.frame_count, info.warnings) == (50, 50, ())
    assert numbers(out, facts, count=50) == [(n, n) for n in range(50)]


def test_a_file_that_a_live_recorder_left_without_length_is_whole(tmp_path: Path) -> None:
    live = media_factory.movie(
        tmp_path / "live.webm", codec="libvpx-vp9", frames=25, container_options={"live": "1"}
    )
    assert (runner.probe(live).frame_count, runner.probe(live).warnings) == (25, ())


@pytest.mark.parametrize(
    ("name", "codec"), [("moving.gif", "gif"), ("moving.apng", "apng"), ("moving.webp", "libwebp_anim")]
)
def test_a_picture_that_moves_is_a_clip(tmp_path: Path, name: str, codec: str) -> None:
    film = media_factory.movie(tmp_path / "film.mp4", frames=20, rate=Fraction(10))
    run_ffmpeg("-i", film, "-c:v", codec, tmp_path / name)
    info, out, facts = proxy(tmp_path / name)
    assert (info.frame_count, info.duration_ms, facts.frame_count) == (20, 2000, 20)
    assert numbers(tmp_path / name, info, count=20) == numbers(out, facts, count=20)


def test_a_gif_that_waits_at_its_end_is_as_long_as_it_says(tmp_path: Path) -> None:
    film = media_factory.movie(tmp_path / "film.mp4", frames=20, rate=Fraction(10))
    run_ffmpeg("-i", film, "-final_delay", 300, tmp_path / "waits.gif")
    info, _, facts = proxy(tmp_path / "waits.gif")
    assert info.frame_count == facts.frame_count == 49


@pytest.mark.parametrize("name", ["still.gif", "still.png", "still.webp"])
def test_a_picture_that_does_not_move_is_a_still(tmp_path: Path, name: str) -> None:
    film = media_factory.movie(tmp_path / "film.mp4", frames=1)
    run_ffmpeg("-i", film, tmp_path / name)
    assert runner.probe(tmp_path / name).kind is Kind.STILL


def test_streams_put_together_of_which_one_covers_the_other_are_noted(tmp_path: Path) -> None:
    one = media_factory.movie(tmp_path / "one.ts", frames=25)
    (tmp_path / "two.ts").write_bytes(one.read_bytes() * 2)
    info = runner.probe(tmp_path / "two.ts")
    assert (info.frame_count, len(info.warnings)) == (25, 1)
    assert "25 of 50 frames" in info.warnings[0]


@pytest.mark.parametrize("name", ["cut.gif", "cut.avi", "cut.wmv"])
def test_a_file_cut_off_is_noted(tmp_path: Path, name: str) -> None:
    film = media_factory.movie(tmp_path / "film.mp4", frames=50)
    run_ffmpeg("-i", film, tmp_path / name)
    assert runner.probe(tmp_path / name).warnings == ()
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(len(content) * 0.95)])
    assert runner.probe(tmp_path / name).warnings == (completeness.CUT_OFF,)


def test_a_little_missing_at_the_end_is_a_warning(tmp_path: Path) -> None:
    whole = media_factory.clip(tmp_path / "whole.mp4", frames=240).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: int(len(whole) * 0.97)])
    assert runner.probe(tmp_path / "cut.mp4").warnings[0].startswith("Part of the file is missing")


@pytest.mark.skipif(not TRIALS.exists(), reason="The files of trials are not here.")
@pytest.mark.parametrize(
    ("name", "frames", "milliseconds"),
    [
        ("05_trim4_3.mp4", 77, 3080),
        ("08b_still_sound.mp4", 750, 30_000),
        ("45_firstpts.mkv", 60, 2400),
        ("45_screenrec.mp4", 275, 11_000),
    ],
)
def test_trials_are_as_long_as_they_are_shown(name: str, frames: int, milliseconds: int) -> None:
    info = runner.probe(TRIALS / name)
    assert (info.frame_count, info.duration_ms, info.warnings) == (frames, milliseconds, ())
