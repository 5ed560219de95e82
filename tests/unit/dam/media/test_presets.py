from dataclasses import replace
from fractions import Fraction

import pytest

from dam.media import presets
from dam.media.presets import FORMATS, Captions, Format, Recipe, Shape
from tests.unit.dam.media.test_probe import INFO

HD = replace(INFO, width=1920, height=1080, pixel_aspect=Fraction(1))


@pytest.mark.parametrize(
    ("shape", "side", "size"),
    [
        (Shape.ORIGINAL, None, (1920, 1080)),
        (Shape.ORIGINAL, 640, (640, 360)),
        (Shape.PORTRAIT, 1920, (608, 1080)),
        (Shape.SQUARE, 720, (720, 720)),
        (Shape.FEED, None, (864, 1080)),
        (Shape.LANDSCAPE, 3840, (1920, 1080)),
    ],
)
def test_a_file_has_its_shape_and_is_never_enlarged(
    shape: Shape, side: int | None, size: tuple[int, int]
) -> None:
    assert presets.size(HD, Recipe(shape=shape, longest_side=side)) == size


@pytest.mark.parametrize(("focus", "left"), [(500, 656), (0, 0), (1000, 1312), (250, 176)])
def test_a_crop_lies_around_the_focus_and_inside_the_picture(focus: int, left: int) -> None:
    box = presets.crop(HD, Shape.PORTRAIT, focus=(focus, 500))
    assert (box.left, box.top, box.width, box.height) == (left, 0, 608, 1080)


def test_a_tall_clip_loses_its_top_and_bottom() -> None:
    tall = replace(HD, width=1080, height=1920)
    assert presets.crop(tall, Shape.LANDSCAPE, focus=(500, 250)) == presets.Box(0, 176, 1080, 608)


def test_pixels_that_are_not_square_count_as_they_are_shown() -> None:
    anamorphic = replace(HD, width=1440, pixel_aspect=Fraction(4, 3))
    assert presets.size(anamorphic, Recipe(shape=Shape.SQUARE)) == (1080, 1080)


def test_a_recipe_is_read_back_as_it_was_kept() -> None:
    recipe = Recipe(format=Format.AV1, shape=Shape.FEED, longest_side=640, captions=Captions.TRACK)
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_the_focus_makes_another_file_only_where_it_is_cropped() -> None:
    cropped, whole = Recipe(shape=Shape.SQUARE), Recipe()
    assert presets.digest(cropped, focus=(1, 1)) != presets.digest(cropped, focus=(2, 1))
    assert presets.digest(whole, focus=(1, 1)) == presets.digest(whole, focus=(2, 1))


def test_captions_make_another_file_only_where_they_go_in() -> None:
    with_track, without = Recipe(captions=Captions.TRACK), Recipe()
    assert presets.digest(with_track, focus=(0, 0), captions="a") != presets.digest(
        with_track, focus=(0, 0), captions="b"
    )
    assert presets.digest(without, focus=(0, 0), captions="a") == presets.digest(without, focus=(0, 0))


@pytest.mark.parametrize("format", list(Format))
def test_every_format_can_hold_credentials_or_has_them_beside_it(format: Format) -> None:
    images, sounds = ("GIF", "WebP", "AVIF", "JPEG", "PNG"), ("MP3", "MPEG-4 sound", "WAV")
    held = FORMATS[format].kind.label in ("MP4", "QuickTime", *images, *sounds)
    assert held is not FORMATS[format].beside


def test_the_language_of_captions_is_kept_and_makes_no_other_file_where_none_is_named() -> None:
    recipe = Recipe(captions=Captions.TRACK, language="pt-BR")
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert "language" not in Recipe(captions=Captions.TRACK).to_json()
