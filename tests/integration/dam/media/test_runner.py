"""FFmpeg and PyAV for real: what comes out of odd but honest files."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dam.core.sandbox import Limits
from dam.media import budgets, ffmpeg, previews, runner, specs
from dam.media.errors import FileRefused, MediaFailed
from tests import media_factory


def frames_of(path: Path) -> list[int]:
    """The numbers that the frames of a file say, in order."""
    info = runner.probe(path)
    return [media_factory.number_of(frame.rgb) for frame in runner.sample_frames(path, info=info, every_ms=1)]


def test_the_proxy_has_the_masters_frames_in_order(tmp_path: Path) -> None:
    master = media_factory.clip(tmp_path / "clip.mp4", frames=50, rate=Fraction(24000, 1001))
    facts = runner.proxy(master, tmp_path / "proxy.mp4", info=runner.probe(master))
    assert (facts.frame_count, facts.frame_rate) == (50, Fraction(24000, 1001))
    assert frames_of(tmp_path / "proxy.mp4") == list(range(50))


def test_the_proxy_tells_how_far_it_is(tmp_path: Path) -> None:
    master = media_factory.clip(tmp_path / "clip.mp4", frames=50)
    told: list[float] = []
    runner.proxy(master, tmp_path / "proxy.mp4", info=runner.probe(master), told=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_what_ffmpeg_printed_goes_with_its_failure_without_places_of_the_server(tmp_path: Path) -> None:
    master = media_factory.clip(tmp_path / "clip.mp4", frames=5)
    info = runner.probe(master)
    master.write_bytes(b"no film at all")
    with pytest.raises(MediaFailed) as failed:
        runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert failed.value.log
    assert str(tmp_path) not in failed.value.log


def test_a_variable_rate_is_shown_at_its_own_times(tmp_path: Path) -> None:
    shown_at = [0, 40, 80, 120, 160, 200, 600, 640, 680, 720]
    master = media_factory.movie(tmp_path / "vfr.mp4", frames=10, at=shown_at, tick=Fraction(1, 1000))
    info = runner.probe(master)
    assert info.variable_rate
    facts = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert abs(facts.frame_count - info.frame_count) <= 1
    # The frame shown at 0.4 s is still number 5, which came at 0.2 s.
    assert frames_of(tmp_path / "proxy.mp4")[round(0.4 * info.frame_rate)] == 5


@pytest.mark.parametrize("size", [(128, 80), (130, 82), (16, 16)])
def test_small_pictures_keep_their_size(tmp_path: Path, size: tuple[int, int]) -> None:
    master = media_factory.movie(tmp_path / "small.mp4", width=size[0], height=size[1])
    facts = runner.proxy(master, tmp_path / "proxy.mp4", info=runner.probe(master))
    assert (facts.width, facts.height) == size


def test_odd_sides_are_made_even(tmp_path: Path) -> None:
    master = media_factory.movie(tmp_path / "odd.webm", codec="libvpx-vp9", width=129, height=81)
    facts = runner.proxy(master, tmp_path / "proxy.mp4", info=runner.probe(master))
    assert (facts.width, facts.height) == (128, 80)


def test_a_turned_phone_video_stands_upright(tmp_path: Path) -> None:
    master = media_factory.movie(tmp_path / "phone.mp4", rotation=90)
    info = runner.probe(master)
    assert (info.width, info.height) == (80, 128)
    facts = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert (facts.width, facts.height, facts.rotation) == (80, 128, 0)


def test_a_turned_frame_looks_the_same_sampled_and_in_the_proxy(tmp_path: Path) -> None:
    master = media_factory.movie(tmp_path / "phone.mp4", rotation=90)
    runner.proxy(master, tmp_path / "proxy.mp4", info=runner.probe(master))
    one, other = (
        next(runner.sample_frames(path, count=1)).rgb.astype(int) for path in (master, tmp_path / "proxy.mp4")
    )
    assert np.abs(one - other).mean() < 12


def test_sound_comes_along(tmp_path: Path) -> None:
    master = media_factory.movie(tmp_path / "loud.webm", codec="libvpx-vp9", sound=True, frames=25)
    info = runner.probe(master)
    assert (info.container, info.audio_codec) == ("WebM", "opus")
    assert runner.proxy(master, tmp_path / "proxy.mp4", info=info).audio_codec == "aac"


def test_a_single_frame_is_a_clip(tmp_path: Path) -> None:
    master = media_factory.clip(tmp_path / "one.mp4", frames=1)
    info = runner.probe(master)
    assert runner.proxy(master, tmp_path / "proxy.mp4", info=info).frame_count == 1
    _, grid = previews.sprite(master, tmp_path / "sprite.webp", info=info)
    assert grid["frames"] == [0]


def test_poster_and_sprite_are_webp_of_the_promised_size(tmp_path: Path) -> None:
    master = media_factory.clip(tmp_path / "clip.mp4", frames=17)
    info = runner.probe(master)
    assert previews.poster(master, tmp_path / "poster.webp", info=info) == ((320, 200), 11)
    size, grid = previews.sprite(master, tmp_path / "sprite.webp", info=info)
    assert grid["frames"] == list(range(17))
    with Image.open(tmp_path / "sprite.webp") as picture:
        assert (picture.format, picture.size) == ("WEBP", size)


def test_poster_and_sprite_say_how_far_they_are(tmp_path: Path) -> None:
    master = media_factory.clip(tmp_path / "clip.mp4", frames=40)
    info = runner.probe(master)
    told: list[float] = []
    previews.poster(master, tmp_path / "poster.webp", info=info, told=told.append)
    assert told == [0.2, 0.4, 0.6, 0.8, 1.0]
    told.clear()
    previews.sprite(master, tmp_path / "sprite.webp", info=info, told=told.append)
    assert told == [tile / 25 for tile in range(1, 26)]


@pytest.mark.parametrize(("chosen", "shown"), [(0, 0), (5, 5), (16, 16), (40, 16)])
def test_a_poster_shows_the_frame_that_was_chosen(tmp_path: Path, chosen: int, shown: int) -> None:
    master = media_factory.clip(tmp_path / "clip.mp4", frames=17)
    info = runner.probe(master)
    size, frame = previews.poster(master, tmp_path / "poster.webp", info=info, chosen=chosen)
    with Image.open(tmp_path / "poster.webp") as picture:
        assert media_factory.number_of(np.asarray(picture.convert("RGB"))) == frame == shown
        assert picture.size == size


def test_sampled_frames_carry_their_own_numbers_also_after_a_seek(tmp_path: Path) -> None:
    master = media_factory.clip(tmp_path / "long.mp4", frames=1600)
    for frame in runner.sample_frames(master, count=2):
        assert media_factory.number_of(frame.rgb) == frame.index % 64


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    one = media_factory.clip(tmp_path / "one.mp4")
    assert one.read_bytes() == media_factory.clip(tmp_path / "two.mp4").read_bytes()


def test_frames_of_a_wrong_shape_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="even"):
        runner.encode_frames(
            np.zeros((2, 81, 128, 3), np.uint8), frame_rate=Fraction(24), path=tmp_path / "x"
        )
    with pytest.raises(ValueError, match=r"\[T, H, W, 3\]"):
        runner.encode_frames(np.zeros((2, 80, 128), np.uint8), frame_rate=Fraction(24), path=tmp_path / "x")


def test_a_release_of_a_webm_is_a_full_size_mp4(tmp_path: Path) -> None:
    master = media_factory.movie(tmp_path / "in.webm", codec="libvpx-vp9", width=1600, height=64)
    facts = runner.transcode_release(master, tmp_path / "release.mp4")
    assert (facts.container, facts.video_codec, facts.width) == ("MP4", "h264", 1600)


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    master = media_factory.clip(tmp_path / "clip.mp4")
    monkeypatch.setattr(budgets, "PROBE", Limits(0.01, 60, budgets.PROBE.memory_bytes, 1024))
    with pytest.raises(FileRefused) as refused:
        runner.probe(master)
    assert refused.value.code == "too_costly"


def test_a_child_that_takes_too_much_memory_is_refused_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = media_factory.movie(
        tmp_path / "big.mkv", codec="ffv1", pix_fmt="gray", width=8000, height=8000, frames=1
    )
    monkeypatch.setattr(budgets, "PROBE", Limits(60, 60, 300 * 1024**2, 1024**2))
    with pytest.raises(FileRefused) as refused:
        runner.probe(master)
    assert refused.value.code in ("too_costly", "no_frames")


def test_output_beyond_its_size_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    master = media_factory.clip(tmp_path / "clip.mp4", frames=48)
    info = runner.probe(master)
    monkeypatch.setattr(budgets, "transcode", lambda **_: Limits(60, 60, 6 * budgets.GIB, 100))
    with pytest.raises(MediaFailed, match="larger than the limit"):
        runner.proxy(master, tmp_path / "proxy.mp4", info=info)


def test_a_missing_ffmpeg_is_named(settings: object, tmp_path: Path) -> None:
    settings.FFMPEG_BINARY = "/nowhere/ffmpeg"  # type: ignore[attr-defined]
    with pytest.raises(MediaFailed, match="FFMPEG_BINARY"):
        ffmpeg.binary()


def test_specs_name_what_the_browser_shows() -> None:
    assert {specs.POSTER.content_type, specs.SPRITE.content_type} == {"image/webp"}
    assert specs.PROXY.content_type == "video/mp4"
