"""libvmaf in the bundled FFmpeg, with its built-in model and no network."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from dam.media import preset_files, quality, runner, specs
from dam.media.preset_files import Request
from dam.media.presets import Captions, Format, Recipe, Shape
from dam.media.specs import Movie
from tests.media_factory import busy, movie

ROUGH = replace(specs.PROXY, crf=51)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return busy(tmp_path_factory.mktemp("film") / "film.mp4", frames=30)


def score(film: Path, folder: Path, spec: Movie = specs.PROXY) -> quality.Score:
    info = runner.probe(film)
    made = folder / "made.mp4"
    facts = runner.proxy(film, made, info=info, spec=spec)
    return quality.measure(film, made, info=info, size=(facts.width, facts.height))


def test_the_bundled_ffmpeg_measures() -> None:
    assert quality.can_measure()


def test_a_rougher_film_scores_less(film: Path, tmp_path: Path) -> None:
    usual, rough = score(film, tmp_path), score(film, tmp_path, ROUGH)
    assert usual.frames == rough.frames == 30
    assert usual.mean > 85 > rough.mean


def test_of_a_long_clip_some_frames_are_compared(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "MOST_FRAMES", 10)
    assert score(film, tmp_path).frames == 10


def test_hdr_is_compared_as_it_is_shown(tmp_path: Path) -> None:
    hdr = movie(
        tmp_path / "hdr.mp4",
        codec="libx265",
        pix_fmt="yuv420p10le",
        width=320,
        height=176,
        options={"x265-params": "log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"},
    )
    assert runner.probe(hdr).transfer == "pq"
    assert score(hdr, tmp_path).mean > 80


def test_a_rate_that_changes_compares_the_same_frames(tmp_path: Path) -> None:
    at = [0, 40, 80, 200, 240, 280, 320, 700, 740, 780, 820, 860]
    uneven = movie(tmp_path / "uneven.mkv", width=320, height=176, at=at, tick=Fraction(1, 1000))
    assert score(uneven, tmp_path).mean > 80


def preset_score(film: Path, folder: Path, request: Request) -> quality.Score:
    info = runner.probe(film)
    made = folder / f"made{request.recipe.spec.suffix}"
    preset_files.make(film, made, info=info, request=request, told=lambda done: None)
    return quality.measure_preset(film, made, info=info, request=request)


@pytest.mark.parametrize("format", [Format.H264, Format.HEVC, Format.AV1, Format.VP9, Format.PRORES])
def test_a_movie_of_each_format_is_compared_with_what_it_was_made_of(
    film: Path, tmp_path: Path, format: Format
) -> None:
    assert preset_score(film, tmp_path, Request(recipe=Recipe(format=format))).mean > 80


def test_what_a_preset_crops_and_writes_over_it_counts_for_nothing(film: Path, tmp_path: Path) -> None:
    recipe = Recipe(shape=Shape.SQUARE, label="Draft: not for use", captions=Captions.BURNT_IN)
    words = [(0, 2000, "A long line of words over the picture")]
    request = Request(recipe=recipe, focus=(100, 500), captions=words)
    assert preset_score(film, tmp_path, request).mean > 80
    info, made = runner.probe(film), tmp_path / "made.mp4"
    elsewhere = replace(request, focus=(900, 500))
    assert quality.measure_preset(film, made, info=info, request=elsewhere).mean < 60


def test_a_limit_of_the_rate_costs_and_a_second_try_gains(film: Path, tmp_path: Path) -> None:
    usual = preset_score(film, tmp_path, Request(recipe=Recipe()))
    capped = preset_score(film, tmp_path, Request(recipe=Recipe(most_kbps=400)))
    better = preset_score(film, tmp_path, Request(recipe=Recipe(), better=True))
    assert capped.mean < usual.mean < better.mean
