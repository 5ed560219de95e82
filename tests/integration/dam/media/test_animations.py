"""A WebP that moves is a clip: each picture at its time, with what is transparent."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray
from PIL import Image

from dam.core import sandbox
from dam.media import budgets, kept_frames, preset_files, quality, recipes, runner, sniffer, specs, streams
from dam.media.errors import FileRefused
from dam.media.presets import Format, Recipe
from dam.media.probe import Kind, MediaInfo
from dam.media.watching import Cut, Thinned
from tests import media_factory, webp_factory
from tests.webp_factory import frame, picture, whole

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
BLEND, CLEARED = 0, 1  # flags of a picture: laid over the one before; the place cleared after it


def numbered(path: Path, *, durations: list[int]) -> Path:
    """Pictures that say their numbers, each for so many milliseconds."""
    pictures = [
        Image.fromarray(np.asarray(media_factory.numbered(place, width=128, height=80)))
        for place in range(len(durations))
    ]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=durations, lossless=True)
    return path


def said(path: Path, info: MediaInfo, *, count: int) -> list[int]:
    """The numbers that so many frames say."""
    sampled = runner.sample_frames(path, info=info, count=count)
    return [media_factory.number_of(each.rgb) for each in sampled]


def shown(path: Path, info: MediaInfo, index: int) -> NDArray[np.uint8]:
    return runner.frame(path, info=info, index=index, max_side=640).rgb


def test_each_picture_stands_for_its_own_time_in_the_master_and_in_its_proxy(tmp_path: Path) -> None:
    # At 25 a second: the first for one frame, the second for three, the third for two, and so on.
    master = numbered(tmp_path / "a.webp", durations=[40, 120, 80, 40, 400, 40])
    info = runner.probe(master)
    frames = [0, 1, 1, 1, 2, 2, 3, *[4] * 10, 5]
    assert (info.frame_rate, info.frame_count, info.variable_rate) == (
        Fraction(25),
        len(frames),
        True,
    )
    assert said(master, info, count=len(frames)) == frames
    facts = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert said(tmp_path / "proxy.mp4", facts, count=len(frames)) == frames


def test_a_picture_that_stays_for_minutes_is_held(tmp_path: Path) -> None:
    master = numbered(tmp_path / "a.webp", durations=[40] * 10 + [120_000] + [40] * 10)
    info = runner.probe(master)
    assert (info.frame_count, info.held_frames) == (3020, 2999)
    facts = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert facts.duration_ms == info.duration_ms == 120_800
    for index, number in ((9, 9), (3009, 10), (3010, 11)):
        assert media_factory.number_of(shown(master, info, index)) == number


def test_it_is_known_as_a_webp_that_moves(tmp_path: Path) -> None:
    master = numbered(tmp_path / "a.webp", durations=[100] * 10)
    info = runner.probe(master)
    assert (info.kind, info.container, info.video_codec) == (Kind.VIDEO, "Animated WebP", "webp")
    assert (info.transparent, info.warnings) == (False, ())
    assert MediaInfo.from_json(info.to_json()) == info
    # Told by its pictures: signed and read as any WebP.
    assert sniffer.read(master) is sniffer.WEBP


def test_what_is_transparent_is_said_and_stands_on_black(tmp_path: Path) -> None:
    master = tmp_path / "a.webp"
    small = picture(GREEN, size=(64, 80))
    master.write_bytes(
        whole(
            frame(picture((*RED, 128)), ms=100)
            + frame(small, ms=100, size=(64, 80), at=(64, 0), flags=CLEARED)
            + frame(picture((0, 0, 0, 0)), ms=100, flags=BLEND)
        )
    )
    info = runner.probe(master)
    assert (info.transparent, info.frame_count) == (True, 3)
    half = [128, 0, 0]
    assert shown(master, info, 0)[40, 20].tolist() == half
    assert shown(master, info, 1)[40, 20].tolist() == half  # it lies beside
    assert shown(master, info, 1)[40, 100].tolist() == [0, 255, 0]
    assert shown(master, info, 2)[40, 100].tolist() == [0, 0, 0]  # and is gone
    facts = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    proxy = shown(tmp_path / "proxy.mp4", facts, 0)[40, 20].astype(int)
    assert np.abs(proxy - half).max() <= 4


def test_a_canvas_that_says_nothing_of_transparency_is_opaque(tmp_path: Path) -> None:
    master = tmp_path / "a.webp"
    master.write_bytes(whole(frame(picture(BLUE), ms=100) * 2, flags=webp_factory.MOVES))
    info = runner.probe(master)
    assert (info.transparent, info.pixel_format) == (False, "bgr0")
    assert shown(master, info, 1)[40, 20].tolist() == [0, 0, 255]


def test_everything_that_is_made_of_a_master_is_made_of_it(tmp_path: Path) -> None:
    master = numbered(tmp_path / "a.webp", durations=[100] * 10)
    info = runner.probe(master)
    found = list(runner.watch(master, info=info, max_side=320))
    assert any(not isinstance(each, Cut | Thinned) for each in found)
    assert kept_frames.write(master, tmp_path / "frames.zip", info=info).frames
    (tmp_path / "stream").mkdir()
    _, rungs = streams.write(master, tmp_path / "stream", info=info)
    assert [runner.probe(rung.file).frame_count for rung in rungs] == [10]
    assert runner.transcode_release(master, tmp_path / "release.mp4").frame_count == 10
    request = preset_files.Request(recipe=Recipe(format=Format.H264))
    out = tmp_path / "preset.mp4"
    preset_files.make(master, out, info=info, request=request, told=lambda done: None)
    assert runner.probe(out).frame_count == 10
    if quality.can_measure():
        assert quality.measure_preset(master, out, info=info, request=request).frames == 10
        runner.proxy(master, tmp_path / "proxy.mp4", info=info)
        size = specs.fit(info, specs.PROXY.longest_side)
        assert quality.measure(master, tmp_path / "proxy.mp4", info=info, size=size).mean > 80


def test_nothing_is_left_of_the_film_that_was_read(tmp_path: Path) -> None:
    master = numbered(tmp_path / "a.webp", durations=[100] * 10)
    before, names = master.read_bytes(), set(settings.SCRATCH_DIR.glob("*"))
    info = runner.probe(master)
    assert len(list(runner.sample_frames(master, info=info, count=4))) == 4
    runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert set(settings.SCRATCH_DIR.glob("*")) <= names
    assert {each.name for each in tmp_path.iterdir()} == {"a.webp", "proxy.mp4"}
    assert master.read_bytes() == before


FILES: list[tuple[str, Callable[[], bytes], str]] = [
    ("cut off", lambda: whole(frame(picture(RED), ms=100) * 5)[:-30], "truncated"),
    ("outside", lambda: whole(frame(picture(RED), ms=100, at=(64, 0)) * 2), "damaged"),
    ("no pixels", lambda: whole(frame(b"", ms=100) * 2), "damaged"),
    ("noise", lambda: whole(frame(webp_factory.chunk(b"VP8 ", bytes(64)), ms=100) * 2), "damaged"),
    ("large", lambda: whole(frame(picture(RED), ms=100) * 2, canvas=(16_000, 16_000)), "too_wide"),
    ("long", lambda: whole(frame(picture(RED), ms=2**24 - 1) * 4), "too_long"),
]


@pytest.mark.parametrize(("make", "code"), [each[1:] for each in FILES], ids=[each[0] for each in FILES])
def test_a_bad_one_is_refused_for_what_it_is(make: Callable[[], bytes], code: str, tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    path.write_bytes(make())
    with pytest.raises(FileRefused) as refused:
        runner.probe(path)
    assert refused.value.code == code


def test_a_damaged_picture_ends_it_and_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    good = frame(picture(RED), ms=100)
    broken = picture(GREEN)
    broken = broken[:8] + broken[8:13] + b"\xff" * (len(broken) - 13)  # its header says the right size
    path.write_bytes(whole(good * 20 + frame(broken, ms=100) + good * 4))
    info = runner.probe(path)
    made = recipes.proxy(path, tmp_path, info=info)
    assert info.frame_count == 25
    assert "of 25 frames could be decoded" in made.warnings[0]
    assert shown(path, info, 24)[40, 20].tolist() == [255, 0, 0]


def test_a_film_that_needs_too_much_room_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.webp"
    noise = np.random.default_rng(0).integers(0, 255, (4, 400, 400, 3), np.uint8)
    pictures = [Image.fromarray(each) for each in noise]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=100, lossless=True)
    info = runner.probe(path)
    tight = sandbox.Limits(wall_seconds=60, cpu_seconds=60, memory_bytes=4 * budgets.GIB, file_bytes=100_000)
    monkeypatch.setattr(budgets, "film", lambda **_: tight)
    with pytest.raises(FileRefused) as refused:
        shown(path, info, 0)
    assert refused.value.code == "too_costly"
