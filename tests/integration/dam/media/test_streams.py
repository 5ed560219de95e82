"""HLS of a master, made by FFmpeg for real: aligned segments in one file for each size."""

import itertools
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from dam.media import recipes, runner, specs, streams
from dam.media.probe import MediaInfo
from dam.media.recipes import Made
from dam.media.specs import Movie, Rung, Stream
from tests import media_factory

SMALL = Stream(
    rungs=(Rung(160, 25, 300), Rung(320, 23, 900), Rung(640, 22, 3000)),
    preset="ultrafast",
    keyframe_seconds=1,
    segment_seconds=2,
    audio_kbps=64,
)
RATE = Fraction(30000, 1001)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[MediaInfo, Made]:
    """The stream of a clip of 5 seconds with sound, 320 pixels wide."""
    folder = tmp_path_factory.mktemp("stream")
    master = media_factory.movie(
        folder / "master.mp4", frames=150, width=320, height=180, rate=RATE, sound=True
    )
    out = folder / "out"
    out.mkdir()
    info = runner.probe(master)
    return info, recipes.stream(master, out, info=info, spec=SMALL)


def part(made: Made, name: str) -> Path:
    return next(each.path for each in made.parts if each.name == name)


def segments(made: Made, name: str) -> list[tuple[float, int, int]]:
    """Seconds, start and end in bytes."""
    text = part(made, name).read_text()
    found = re.findall(r"#EXTINF:([0-9.]+),\n#EXT-X-BYTERANGE:(\d+)@(\d+)", text)
    return [(float(seconds), int(start), int(start) + int(size)) for seconds, size, start in found]


def test_no_rung_is_larger_than_the_master(made: tuple[MediaInfo, Made]) -> None:
    assert [each.name for each in made[1].parts] == ["160.m3u8", "160.mp4", "320.m3u8", "320.mp4"]
    assert made[1].details["sizes"] == [[160, 90], [320, 180]]
    assert made[1].size == (320, 180)
    assert made[1].details["bytes"] == sum(each.path.stat().st_size for each in made[1].parts)


def test_the_playlist_names_what_a_player_chooses_by(made: tuple[MediaInfo, Made]) -> None:
    text = made[1].file.path.read_text()
    assert re.findall(r"RESOLUTION=(\S+),FRAME-RATE=(\S+)\n(\S+)", text) == [
        ("160x90", "29.970", "stream/160.m3u8"),
        ("320x180", "29.970", "stream/320.m3u8"),
    ]
    assert len(re.findall(r'CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"', text)) == 2
    bands = re.findall(r"BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+)", text)
    assert all(int(peak) >= int(average) > 0 for peak, average in bands)


def test_segments_lie_one_after_the_other_and_fill_the_file(made: tuple[MediaInfo, Made]) -> None:
    for name in ("160", "320"):
        found = segments(made[1], f"{name}.m3u8")
        assert all(one[2] == other[1] for one, other in itertools.pairwise(found))
        text = part(made[1], f"{name}.m3u8").read_text()
        head = re.search(rf'URI="{name}.mp4",BYTERANGE="(\d+)@0"', text)
        assert head
        assert int(head[1]) == found[0][1]
        assert found[-1][2] <= part(made[1], f"{name}.mp4").stat().st_size
        assert "#EXT-X-INDEPENDENT-SEGMENTS\n" in text
        assert "made" not in text


def test_segments_are_as_long_in_each_size(made: tuple[MediaInfo, Made]) -> None:
    small = [each[0] for each in segments(made[1], "160.m3u8")]
    large = [each[0] for each in segments(made[1], "320.m3u8")]
    assert small == large
    assert len(small) == 3
    assert abs(sum(small) - float(150 / RATE)) < 0.001


@pytest.mark.parametrize("name", ["160.mp4", "320.mp4"])
def test_each_group_is_closed_and_each_frame_has_its_time(made: tuple[MediaInfo, Made], name: str) -> None:
    with av.open(part(made[1], name)) as file:
        shown = list(file.decode(video=0))
        times = [(frame.pts or 0) * (frame.time_base or 0) for frame in shown]
        pictures = [
            np.asarray(shown[place].to_ndarray(format="rgb24"), np.uint8) for place in (0, 59, 60, 149)
        ]
    assert [round(at * RATE) for at in times] == list(range(150))
    assert [place for place, frame in enumerate(shown) if frame.key_frame] == [0, 30, 60, 90, 120]
    if name == "320.mp4":
        assert [media_factory.number_of(each) for each in pictures] == [0, 59, 60, 149 % 64]


def test_sound_and_picture_begin_together(made: tuple[MediaInfo, Made]) -> None:
    with av.open(part(made[1], "320.mp4")) as file:
        assert (file.streams.video[0].start_time, file.streams.audio[0].start_time) == (0, 0)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 5 seconds with sound, 704 pixels wide: between the smallest rung and the proxy."""
    path = tmp_path_factory.mktemp("large") / "master.mp4"
    return media_factory.movie(path, frames=150, width=704, height=396, rate=RATE, sound=True)


def with_proxy(master: Path, folder: Path, spec: Movie) -> tuple[Path, Made]:
    info, proxy = runner.probe(master), folder / "proxy.mp4"
    runner.proxy(master, proxy, info=info, spec=spec)
    return proxy, recipes.stream(master, folder, info=info, proxy=proxy)


def pictures_of(path: Path) -> str:
    return runner.decoded(path, info=runner.probe(path)).sha256


def test_the_review_proxy_is_the_rung_of_its_size(large: Path, tmp_path: Path) -> None:
    proxy, made = with_proxy(large, tmp_path, specs.PROXY)
    assert pictures_of(part(made, "704.mp4")) == pictures_of(proxy)
    small, own = (segments(made, f"{name}.m3u8") for name in ("640", "704"))
    assert [each[0] for each in small] == [each[0] for each in own] == [4.004, 1.001]
    for name in ("640", "704"):
        with av.open(part(made, f"{name}.mp4")) as file:
            assert (file.streams.video[0].start_time, file.streams.audio[0].start_time) == (0, 0)
            shown = list(file.decode(video=0))
        assert [round((frame.pts or 0) * (frame.time_base or 0) * RATE) for frame in shown] == list(
            range(150)
        )
        assert shown[120].key_frame


@pytest.mark.parametrize(
    "spec",
    [
        Movie(longest_side=1280, crf=23, preset="ultrafast", keyframe_every=50, audio_kbps=128),
        replace(specs.PROXY, longest_side=1280, preset="faster", group_seconds=None),
        replace(specs.PROXY, longest_side=500),
    ],
    ids=["other key frames", "frames in another order", "another size"],
)
def test_a_proxy_that_is_not_fit_for_it_is_left_alone(large: Path, tmp_path: Path, spec: Movie) -> None:
    proxy, made = with_proxy(large, tmp_path, spec)
    assert pictures_of(part(made, "704.mp4")) != pictures_of(proxy)
    assert [each[0] for each in segments(made, "640.m3u8")] == [
        each[0] for each in segments(made, "704.m3u8")
    ]


def test_a_clip_that_is_small_needs_no_encoding_but_its_proxys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = media_factory.movie(tmp_path / "small.mp4", frames=60)
    monkeypatch.setattr("dam.media.commands.make_stream", None)
    proxy, made = with_proxy(master, tmp_path, specs.PROXY)
    assert pictures_of(part(made, "128.mp4")) == pictures_of(proxy)


def test_a_clip_without_sound_has_a_stream_without(tmp_path: Path) -> None:
    master = media_factory.movie(tmp_path / "mute.mp4", frames=30)
    playlist, rungs = streams.write(master, tmp_path, info=runner.probe(master), spec=SMALL)
    assert "mp4a" not in playlist.read_text()
    assert not runner.probe(rungs[0].file).has_audio
