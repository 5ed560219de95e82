"""What a file costs on its way in."""

from pathlib import Path

import pytest

from dam.core import storage
from dam.media import previews, runner
from tests import media_factory
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
