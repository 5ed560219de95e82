"""A download that looks too unlike its release is made again once, unless its preset limits the rate."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from dam.media import preset_files, quality
from dam.media.errors import MediaFailed
from dam.media.preset_files import Made, Request
from dam.media.presets import Format, Recipe
from dam.media.quality import Score
from provenance.downloads import likeness
from provenance.downloads.likeness import Movie
from tests.unit.dam.media.test_probe import INFO

SOURCE, OUT = Path("source.mp4"), Path("out.mp4")
MADE = Made(320, 176)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Studio:
    """Makes nothing; what it was asked for, and what the next comparisons give."""

    def __init__(self, *scores: float | None) -> None:
        self.scores = list(scores)
        self.asked: list[bool] = []
        self.fails = False

    def make(
        self, source: Path, out: Path, *, request: Request, told: Callable[[float], None], **more: object
    ) -> Made:
        self.asked.append(request.better)
        if request.better and self.fails:
            raise MediaFailed("It took too long.")
        out.write_text("better" if request.better else "usual")
        for done in (0.0, 1.0):
            told(done)
        return MADE

    def measure(self, source: Path, made: Path, **more: object) -> Score:
        score = self.scores.pop(0)
        if score is None:
            raise MediaFailed("The quality couldn't be measured.")
        return Score(score, score, 30)


def made(studio: Studio, recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> tuple[Movie, list[float]]:
    monkeypatch.setattr(preset_files, "make", studio.make)
    monkeypatch.setattr(quality, "measure_preset", studio.measure)
    told: list[float] = []
    movie = likeness.make(SOURCE, OUT, info=INFO, request=Request(recipe=recipe), told=told.append)
    assert told == sorted(told)
    return movie, told


def test_what_looks_like_its_release_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    studio = Studio(96.0)
    movie, _ = made(studio, Recipe(), monkeypatch)
    assert (movie.score, movie.first, studio.asked) == (Score(96.0, 96.0, 30), None, [False])


@pytest.mark.parametrize(("second", "fails"), [(79.0, True), (None, False), (70.0, False)])
def test_a_second_try_that_is_no_better_leaves_the_first(
    second: float | None, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = Studio(71.0, second)
    studio.fails = fails
    movie, _ = made(studio, Recipe(), monkeypatch)
    assert movie == Movie(MADE, Score(71.0, 71.0, 30))
    assert OUT.read_text() == "usual"


def test_what_does_not_is_made_again_once(monkeypatch: pytest.MonkeyPatch) -> None:
    studio = Studio(71.0, 79.0)
    movie, told = made(studio, Recipe(format=Format.AV1), monkeypatch)
    assert movie == Movie(MADE, Score(79.0, 79.0, 30), first=Score(71.0, 71.0, 30))
    assert studio.asked == [False, True]
    assert told[-1] == 1.0
    assert OUT.read_text() == "better"


@pytest.mark.parametrize("recipe", [Recipe(most_kbps=400), Recipe(format=Format.PRORES)])
def test_a_limit_that_somebody_set_holds(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = Studio(40.0)
    movie, _ = made(studio, recipe, monkeypatch)
    assert (movie.score, movie.first, studio.asked) == (Score(40.0, 40.0, 30), None, [False])


@pytest.mark.parametrize("format", [Format.GIF, Format.JPEG])
def test_movies_alone_are_measured(format: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    movie, told = made(Studio(), Recipe(format=format), monkeypatch)
    assert (movie, told) == (Movie(MADE), [0.0, 1.0])


def test_what_cannot_be_measured_is_offered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    movie, _ = made(Studio(None), Recipe(), monkeypatch)
    assert movie == Movie(MADE)


def test_with_no_floor_nothing_is_measured(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.DOWNLOAD_QUALITY_FLOOR = 0
    movie, told = made(Studio(), Recipe(), monkeypatch)
    assert (movie, told) == (Movie(MADE), [0.0, 1.0])
