"""What a file costs on its way in."""

import subprocess
from pathlib import Path

import pytest

from dam.core import storage
from dam.media import ffmpeg, films, previews, recipes, runner, specs
from dam.media.probe import MediaInfo
from tests import media_factory, webp_factory
from tests.benchmarks.conftest import Measure, in_turns

MEGABYTES = 64


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    return media_factory.clip(folder / "film.mp4", frames=240, width=1280, height=720)


def test_naming_a_file_by_its_content(measure: Measure, tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(bytes(MEGABYTES * 1024 * 1024))
    measure("SHA-256 of a file", lambda: storage.sha256_of(path), units=MEGABYTES, unit="MB")


def test_steps_of_a_clip(measure: Measure, film: Path, tmp_path: Path) -> None:
    info = runner.probe(film)
    measure("probe in the sandbox (10 s of 720p)", lambda: runner.probe(film))
    name = "sample 20 frames in the sandbox"
    measure(
        name,
        lambda: list(runner.sample_frames(film, info=info, count=20, max_side=448)),
        units=20,
        unit="frame",
    )
    measure("poster", lambda: previews.poster(film, tmp_path / "poster.webp", info=info), runs=3)
    measure("hover sprite", lambda: previews.sprite(film, tmp_path / "sprite.webp", info=info), runs=3)
    name = "review proxy"
    measure(
        name, lambda: runner.proxy(film, tmp_path / "proxy.mp4", info=info), runs=2, units=240, unit="frame"
    )


def test_readers_of_a_webp_that_moves(measure: Measure, tmp_path: Path) -> None:
    master = webp_factory.noise(tmp_path / "moving.webp", frames=60, size=(960, 540))
    info = runner.probe(master)

    def read() -> None:
        previews.poster(master, tmp_path / "poster.webp", info=info)
        previews.sprite(master, tmp_path / "sprite.webp", info=info)
        runner.proxy(master, tmp_path / "proxy.mp4", info=info)
        list(runner.sample_frames(master, info=info, count=20, max_side=448))

    def read_first() -> None:
        films.forget(seconds=-1)
        read()

    each = "poster, sprite, proxy, 20 frames of an animated WebP, its film"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(films, "_take", lambda kept, film: False)
        measure(f"{each} made for each", read_first, runs=3)
    measure(f"{each} made once", read_first, runs=3, against=f"{each} made for each")


def test_the_pipeline_against_plain_commands(tmp_path: Path) -> None:
    """All that is made of a clip of more than a minute, against FFmpeg's own commands for the same files."""
    seconds = 70
    film = tmp_path / "film.mp4"
    source = [*("-f", "lavfi", "-i", f"testsrc2=size=1920x1080:rate=24:duration={seconds}")]
    _ffmpeg(*source, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", str(film))
    info, ours, theirs = runner.probe(film), tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()

    def make() -> None:
        assert set(recipes.in_one_pass(film, ours, info=info)) == {"poster", "sprite", "frames"}
        proxy = recipes.proxy(film, ours, info=info)
        recipes.stream(film, ours, info=info, proxy=proxy.file.path)

    plain = _plain(theirs, info=info, seconds=seconds)

    def run() -> None:
        for command in plain:
            _ffmpeg("-i", str(film), *command)

    names = ("FFmpeg's own commands one after the other", "the steps of a clip, one after the other")
    in_turns(dict(zip(names, (run, make), strict=True)), runs=2, units=seconds, unit="s of video")


def _ffmpeg(*words: str) -> None:
    subprocess.run([ffmpeg.binary(), "-v", "error", "-y", *words], check=True)


def _plain(folder: Path, *, info: MediaInfo, seconds: int) -> list[list[str]]:
    """A command for each file: five candidates for a poster, the sprite, the frames that search looks at (two
    a second at most, where the picture changes), the proxy, and each size of the stream."""
    poster, sprite, proxy = specs.POSTER, specs.SPRITE, specs.PROXY
    grid = f"tile={sprite.columns}x{sprite.tiles // sprite.columns}"
    h264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
    commands = [
        ["-vf", f"fps={poster.candidates}/{seconds},scale={poster.width}:-2", str(folder / "poster-%d.webp")],
        [
            "-vf",
            f"fps={sprite.tiles}/{seconds},scale={sprite.tile_side}:-2,{grid}",
            str(folder / "tiles.webp"),
        ],
        ["-vf", "fps=2,select='gt(scene,0.02)',scale=448:-2", "-fps_mode", "vfr", str(folder / "f%d.jpg")],
        [
            *("-vf", f"scale={proxy.longest_side}:-2", *h264, "-crf", str(proxy.crf)),
            *("-g", str(proxy.keyframe_every), "-movflags", "+faststart", str(folder / "proxy.mp4")),
        ],
    ]
    for number, (rung, (width, height)) in enumerate(specs.ladder(info)):
        commands.append(
            [
                *("-vf", f"scale={width}:{height}", *h264, "-crf", str(rung.crf), "-bf", "0", "-g", "48"),
                *("-maxrate", f"{rung.most_kbps}k", "-bufsize", f"{2 * rung.most_kbps}k", "-f", "hls"),
                *("-hls_time", "4", "-hls_segment_type", "fmp4", "-hls_flags", "single_file"),
                str(folder / f"{number}.m3u8"),
            ]
        )
    return commands
