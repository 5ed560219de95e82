"""Every bad file is refused for what is wrong with it; none crashes, hangs or reaches out."""

import socket
from pathlib import Path

import pytest
from django.conf import settings

from dam.media import runner
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
