"""Every bad file is refused for what is wrong with it; none crashes, hangs or reaches out."""

import random
import socket
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings

from dam.media import probe_file, runner
from dam.media.errors import MESSAGES, FileRefused, MediaFailed
from dam.media.sniffer import AVI
from tests import media_factory

SHARED = Path(settings.BASE_DIR).parent / "shared" / "media" / "broken"
BROKEN = sorted(path for path in SHARED.glob("*") if path.suffix != ".md") if SHARED.exists() else []


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return media_factory.bad_files(tmp_path_factory.mktemp("bad"))


@pytest.mark.parametrize(
    "name",
    [
        "empty",
        "not_a_video-text",
        "not_a_video-noise",
        "playlist-hls",
        "playlist-concat",
        "playlist-dash",
        "not_a_picture-jpeg",
        "no_frames-gif",
        "picture-bmp",
        "damaged-mp3",
        "damaged-noise",
        "truncated-half",
        "too_wide-side",
        "too_wide-bomb",
        "too_long",
    ],
)
def test_a_bad_file_is_refused_for_what_is_wrong_with_it(bad_files: dict[str, Path], name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        runner.probe(bad_files[name])
    assert refused.value.code == name.partition("-")[0]
    assert refused.value.message.endswith(".")


def test_a_playlist_makes_no_request_even_where_its_bytes_pass(tmp_path: Path) -> None:
    """A file that looks like AVI and goes on as a playlist: the one demuxer that may read it won't follow."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        playlist = f"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:{server.getsockname()[1]}/a.ts\n"
        path = tmp_path / "sly.avi"
        path.write_bytes(b"RIFF\xff\xff\x00\x00AVI " + playlist.encode())
        assert path.read_bytes()[8:12] == AVI.label.encode() + b" "
        with pytest.raises(FileRefused):
            runner.probe(path)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_video_cut_in_the_middle_of_its_frames_says_how_many_are_there(tmp_path: Path) -> None:
    whole = media_factory.clip(tmp_path / "whole.mp4", frames=240).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileRefused, match="of 240 frames"):
        runner.probe(tmp_path / "cut.mp4")


def _stamped(path: Path, at: dict[int, int]) -> Path:
    """Flash Video whose pictures of these numbers say another time, in milliseconds."""
    data = bytearray(path.read_bytes())
    place, pictures = 13, -1  # the first one is the decoder's header
    while place + 11 < len(data):
        if data[place] == 9:
            if pictures in at:
                stamp = at[pictures].to_bytes(4)
                data[place + 4 : place + 8] = stamp[1:] + stamp[:1]
            pictures += 1
        place += 11 + int.from_bytes(data[place + 1 : place + 4]) + 4
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("at", [{20: 9112}, {5: 459_712, 30: 7_210_640}, {59: 189_000}])
def test_a_broken_time_stamp_adds_no_minutes_and_is_told(tmp_path: Path, at: dict[int, int]) -> None:
    """60 frames of Flash Video were 4,735."""
    master = media_factory.movie(tmp_path / "a.flv", frames=60, options={"bf": "0"})
    info = runner.probe(_stamped(master, at))
    assert (info.frame_count, info.frame_rate) == (60, Fraction(25))
    assert any("time stamps in this file are damaged" in each for each in info.warnings)
    proxy = runner.proxy(master, tmp_path / "proxy.mp4", info=info)
    assert proxy.frame_count == 60
    wanted = [0, 4, 5, 6, 20, 31, 59]
    for film, facts in ((master, info), (tmp_path / "proxy.mp4", proxy)):
        shown = [
            media_factory.number_of(each.rgb)
            for each in runner.frames_at(film, info=facts, indexes=wanted, max_side=640)
        ]
        assert shown == wanted


def test_broken_bytes_in_a_transport_stream_are_never_an_unexplained_failure(tmp_path: Path) -> None:
    """A stream that damage calls up ended the check three times, unexplained."""
    good = media_factory.movie(tmp_path / "good.ts", frames=60, sound=True).read_bytes()
    for seed in range(60):
        chance, data = random.Random(seed), bytearray(good)
        for _ in range(200):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "x.ts").write_bytes(data)
        with suppress(FileRefused):
            assert probe_file.read_info(tmp_path / "x.ts").duration_ms < 30_000


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_a_broken_file_is_refused_or_made_into_what_can_be_shown(path: Path, tmp_path: Path) -> None:
    outcome = _try(path, tmp_path / "proxy.mp4")
    explained = outcome.startswith(("The video couldn't be ", "FFmpeg crashed."))
    assert explained or outcome in MESSAGES or outcome == "shown"


def _try(path: Path, out: Path) -> str:
    try:
        runner.proxy(path, out, info=runner.probe(path))
    except FileRefused as refused:
        return refused.code
    except MediaFailed as failed:
        return str(failed)
    return "shown"
