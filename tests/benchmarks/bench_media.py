"""What a file costs on its way in."""

from pathlib import Path

import pytest

from dam.core import storage
from dam.media import films, previews, runner
from tests import media_factory, webp_factory
from tests.benchmarks.conftest import Measure

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
