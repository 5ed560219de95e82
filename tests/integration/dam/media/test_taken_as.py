"""Files are taken for what they are: how many frames they have, how long they last, which way is up."""

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from dam.media import ffmpeg, probe_file, runner, sniffer, specs
from dam.media.errors import FileRefused
from dam.media.probe import Kind, MediaInfo
from tests import media_factory, webp_factory

HALF = Fraction(1, 2)
MS = Fraction(1, 1000)


def animated(path: Path, *, durations: list[int]) -> Path:
    """Pictures that say their numbers, each for so many milliseconds."""
    numbered = (media_factory.numbered(place, width=128, height=80) for place in range(len(durations)))
    pictures = [Image.fromarray(np.asarray(each)) for each in numbered]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=durations)
    return path


Made = Callable[[Path], Path]
# What it is, how it is made, and what must be found: width, height, frames, milliseconds.
FILES: list[tuple[str, Made, tuple[int, int, int, int]]] = [
    ("GIF", lambda at: animated(at / "a.gif", durations=[100] * 10), (128, 80, 10, 1000)),
    (
        "GIF of pictures that stay",
        lambda at: animated(at / "b.gif", durations=[100] * 5 + [500] * 5),
        (128, 80, 30, 3000),
    ),
    ("AVIF", lambda at: animated(at / "a.avif", durations=[100] * 10), (128, 80, 10, 1000)),
    ("WebP", lambda at: animated(at / "a.webp", durations=[100] * 10), (128, 80, 10, 1000)),
    (
        "WebP of pictures that stay",
        lambda at: animated(at / "b.webp", durations=[100] * 5 + [500] * 5),
        (128, 80, 30, 3000),
    ),
    ("animated PNG", lambda at: animated(at / "a.png", durations=[100] * 10), (128, 80, 10, 1000)),
    ("MKV turned left", lambda at: media_factory.movie(at / "l.mkv", rotation=90), (80, 128, 12, 480)),
    ("MKV upside down", lambda at: media_factory.movie(at / "u.mkv", rotation=180), (128, 80, 12, 480)),
    ("MKV turned right", lambda at: media_factory.movie(at / "r.mkv", rotation=270), (80, 128, 12, 480)),
    (
        "MKV turned by 45 degrees",
        lambda at: media_factory.movie(at / "s.mkv", rotation=45),
        (128, 80, 12, 480),
    ),
    (
        "MP4 turned by 30 degrees",
        lambda at: media_factory.movie(at / "s.mp4", rotation=30),
        (128, 80, 12, 480),
    ),
    (
        "half a frame a second",
        lambda at: media_factory.movie(at / "h.mp4", frames=4, rate=HALF),
        (128, 80, 8, 8000),
    ),
    (
        "a frame every ten seconds",
        lambda at: media_factory.movie(at / "t.mkv", frames=4, rate=Fraction(1, 10)),
        (128, 80, 40, 40_000),
    ),
    (
        "a variable rate",
        lambda at: media_factory.movie(at / "v.mkv", frames=4, at=[0, 40, 200, 240], tick=MS),
        (128, 80, 7, 280),
    ),
]


@pytest.mark.parametrize(("make", "facts"), [each[1:] for each in FILES], ids=[each[0] for each in FILES])
def test_it_is_what_it_is_and_so_is_its_proxy(
    make: Made, facts: tuple[int, int, int, int], tmp_path: Path
) -> None:
    master = make(tmp_path)
    info = runner.probe(master)
    assert (info.width, info.height, info.frame_count, info.duration_ms) == facts
    assert info.kind is Kind.VIDEO
    assert MediaInfo.from_json(info.to_json()) == info
    proxy = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert (proxy.width, proxy.height, proxy.frame_count, proxy.rotation) == (*facts[:3], 0)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".avi", ".ts", ".flv"])
@pytest.mark.parametrize(
    "rate",
    ["240000/1001", "240", "200", "120000/1001", "120", "100", "96000/1001", "72000/1001", "48000/1001"],
)
def test_a_high_rate_is_the_same_in_every_container(tmp_path: Path, suffix: str, rate: str) -> None:
    master = media_factory.movie(tmp_path / f"fast{suffix}", frames=60, rate=Fraction(rate))
    assert probe_file.read_info(master).frame_rate == Fraction(rate)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
@pytest.mark.parametrize("angle", [0, 30, 45, 60, 90, 135, 180, 225, 270, 300])
def test_frame_n_is_one_picture_in_search_and_player_however_it_is_turned(
    tmp_path: Path, suffix: str, angle: int
) -> None:
    master = media_factory.movie(tmp_path / f"turned{suffix}", frames=3, rotation=angle)
    info = runner.probe(master)
    proxy = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert (proxy.width, proxy.height, proxy.rotation) == (info.width, info.height, 0)
    for one, other in zip(
        runner.sample_frames(master, info=info, count=3),
        runner.sample_frames(tmp_path / "proxy.mp4", info=proxy, count=3),
        strict=True,
    ):
        assert float(np.abs(one.rgb.astype(int) - other.rgb).mean()) < 6


def test_each_picture_of_a_moving_avif_is_shown_in_its_turn(tmp_path: Path) -> None:
    master = animated(tmp_path / "a.avif", durations=[100] * 10)
    info = runner.probe(master)
    shown = [
        media_factory.number_of(frame.rgb) for frame in runner.sample_frames(master, info=info, count=10)
    ]
    assert shown == list(range(10))
    assert info.container == "Animated AVIF"
    # Told by its pictures: signed and read as any AVIF.
    assert sniffer.read(master) is sniffer.AVIF


def test_an_avif_of_one_picture_is_a_still(tmp_path: Path) -> None:
    info = runner.probe(animated(tmp_path / "one.avif", durations=[100]))
    assert (info.kind, info.container, info.frame_count) == (Kind.STILL, "AVIF", 1)


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_moving_avif_that_breaks_off_is_refused(tmp_path: Path, cut: float) -> None:
    whole = animated(tmp_path / "a.avif", durations=[100] * 10).read_bytes()
    broken = tmp_path / "b.avif"
    broken.write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(FileRefused):
        runner.probe(broken)


def test_a_webp_of_one_picture_that_says_it_moves_is_a_still(tmp_path: Path) -> None:
    info = runner.probe(webp_factory.animation(tmp_path / "one.webp", durations=[100]))
    assert (info.kind, info.container, info.frame_count) == (Kind.STILL, "WebP", 1)


def sounding(path: Path, *options: str) -> Path:
    made = [ffmpeg.binary(), "-v", "error", "-f", "lavfi", "-i", "sine=duration=2", *options, str(path)]
    subprocess.run(made, check=True)
    return path


@pytest.mark.parametrize(
    ("name", "options", "container"),
    [
        ("a.wav", ["-rf64", "always"], "WAV (RF64)"),
        ("a.aiff", [], "AIFF"),
        ("a.mp3", ["-ar", "11025", "-b:a", "32k", "-id3v2_version", "0", "-write_xing", "0"], "MP3"),
    ],
)
def test_rarer_kinds_of_sound_are_taken_and_heard(
    tmp_path: Path, name: str, options: list[str], container: str
) -> None:
    master = sounding(tmp_path / name, *options)
    info = runner.probe(master)
    assert (info.kind, info.container) == (Kind.SOUND, container)
    assert abs(info.duration_ms - 2000) < 200
    runner.convert_sound(master, tmp_path / "heard.m4a", info=info, spec=specs.LISTEN)
    assert abs(runner.probe(tmp_path / "heard.m4a").duration_ms - 2000) < 300  # padded by the encoder


def test_a_tiff_of_64_bits_is_an_image(tmp_path: Path) -> None:
    Image.new("RGB", (32, 16), "red").save(tmp_path / "a.tif", big_tiff=True)
    info = runner.probe(tmp_path / "a.tif")
    assert (info.kind, info.container, info.width, info.height) == (Kind.STILL, "BigTIFF", 32, 16)
    assert tuple(runner.still(tmp_path / "a.tif", max_side=32)[0, 0]) == (255, 0, 0)


def test_an_avif_whose_first_brand_is_of_all_such_images_is_an_avif(tmp_path: Path) -> None:
    Image.new("RGB", (32, 16), "red").save(tmp_path / "a.avif")
    data = bytearray((tmp_path / "a.avif").read_bytes())
    assert b"avif" in data[16:32]
    data[8:12] = b"mif1"
    (tmp_path / "a.avif").write_bytes(data)
    info = runner.probe(tmp_path / "a.avif")
    assert (info.kind, info.container, info.width) == (Kind.STILL, "AVIF", 32)


@pytest.mark.parametrize(
    "before", ["<!-- by hand -->", "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'>"]
)
def test_a_drawing_may_begin_with_a_comment_or_its_type(tmp_path: Path, before: str) -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><path d='M0 0h9v9z'/></svg>"
    (tmp_path / "a.svg").write_text(f"{before}\n{svg}")
    assert runner.probe(tmp_path / "a.svg").container == "SVG"
    (tmp_path / "b.svg").write_text(f"{before}\n{svg}", "utf-16")
    with pytest.raises(FileRefused, match="UTF-16"):
        runner.probe(tmp_path / "b.svg")


def edited(path: Path, *edits: tuple[int, int], **movie: Any) -> Path:
    """A film with these edits in the place of its one: how long, and from where, in ticks; -1 for nothing."""
    media_factory.movie(path, **movie)
    data = bytearray(path.read_bytes())
    place = data.index(b"elst") - 4
    assert int.from_bytes(data[place : place + 4]) == 28  # one edit; what is around it grows
    listed = b"".join(length.to_bytes(4) + at.to_bytes(4, signed=True) + b"\0\1\0\0" for length, at in edits)
    size = 16 + len(listed)
    data[place : place + 28] = size.to_bytes(4) + b"elst" + bytes(4) + len(edits).to_bytes(4) + listed
    for around in (b"edts", b"trak", b"moov"):
        start = data.index(around) - 4
        data[start : start + 4] = (int.from_bytes(data[start : start + 4]) + size - 28).to_bytes(4)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
@pytest.mark.parametrize("options", [{"bf": "0"}, {"bf": "2"}])
def test_the_picture_before_an_empty_edit_is_held_for_its_time(
    tmp_path: Path, options: dict[str, str], suffix: str
) -> None:
    plain = media_factory.movie(tmp_path / f"plain.{suffix}", frames=48, rate=Fraction(24), options=options)
    with av.open(plain) as container:
        ticks = int(1 / Fraction(container.streams.video[0].time_base or 1))
    master = edited(
        tmp_path / f"a.{suffix}",
        (1000, 0 if options["bf"] == "0" else 2 * ticks // 24),
        (1000, -1),
        (1000, ticks + (0 if options["bf"] == "0" else 2 * ticks // 24)),
        frames=48,
        rate=Fraction(24),
        options=options,
    )
    info = runner.probe(master)
    assert (info.frame_count, info.duration_ms) == (72, 3000)
    assert MediaInfo.from_json(info.to_json()) == info
    wanted = [*range(24), *[23] * 24, *range(24, 48)]
    shown = runner.sample_frames(master, info=info, count=72)
    assert [media_factory.number_of(each.rgb) for each in shown] == wanted
    late = runner.frame(master, info=info, index=60, max_side=128)  # which is sought
    assert media_factory.number_of(late.rgb) == 36
    proxy = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert proxy.frame_count == 72
    made = runner.sample_frames(tmp_path / "proxy.mp4", count=72)
    assert [media_factory.number_of(each.rgb) for each in made] == wanted
    assert not runner.probe(plain).blanks


def test_an_edit_list_that_leaves_nothing_is_ignored_and_told(tmp_path: Path) -> None:
    far = 10**6
    master = edited(tmp_path / "a.mp4", (0, far), (0, far), frames=30, options={"bf": "0"})
    info = runner.probe(master)
    assert (info.frame_count, info.edits_ignored) == (30, True)
    assert "edit list" in info.warnings[0]
    assert MediaInfo.from_json(info.to_json()) == info
    proxy = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert proxy.frame_count == 30
    shown = [media_factory.number_of(each.rgb) for each in runner.sample_frames(master, info=info, count=30)]
    assert shown == list(range(30))
    assert runner.decoded(master, info=info).count == 30
