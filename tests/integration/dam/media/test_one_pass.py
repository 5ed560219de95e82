"""Poster, sprite and kept frames by one decoding are the files that each of their recipes makes."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from dam.media import recipes, runner
from tests import media_factory
from tests.integration.dam.media.test_taken_as import animated


def variable(path: Path) -> Path:
    at = [0, 40, 80, 120, 160, 200, 600, 640, 680, 1720]
    return media_factory.movie(path, frames=10, at=at, tick=Fraction(1, 1000), rotation=90)


MASTERS = {
    "a clip": lambda folder: media_factory.clip(folder / "clip.mp4", frames=90),
    "a variable rate, turned": lambda folder: variable(folder / "vfr.mp4"),
    "a WebP that moves": lambda folder: animated(folder / "moves.webp", durations=[40] * 17),
    "one frame": lambda folder: media_factory.movie(folder / "one.mp4", frames=1),
}


@pytest.mark.parametrize("chosen", [None, 3])
@pytest.mark.parametrize("master", MASTERS.values(), ids=MASTERS)
def test_they_are_the_same_as_made_one_by_one(
    master: Callable[[Path], Path], chosen: int | None, tmp_path: Path
) -> None:
    path = master(tmp_path)
    info, alone, together = runner.probe(path), tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    each = {
        "poster": recipes.poster(path, alone, info=info, chosen=chosen),
        "sprite": recipes.sprite(path, alone, info=info),
        "frames": recipes.frames(path, alone, info=info),
    }
    made = recipes.in_one_pass(path, together, info=info, chosen=chosen)
    assert made.keys() == each.keys()
    for kind, one in each.items():
        other = made[kind]
        assert other.file.path.read_bytes() == one.file.path.read_bytes()
        assert (other.size, other.details, other.facts) == (one.size, one.details, one.facts)
        assert other.file.content_type == one.file.content_type
