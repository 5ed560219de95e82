"""Copies of a video are known again whatever was done to them; other videos are not."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from dam.media import copy_detection
from dam.media.copy_detection import Prints
from dam.media.fingerprints import Grey
from tests.unit.dam.media.test_fingerprints import Pictures, cropped, encoded, scene

RATE, FRAMES = 25, 120
Change = Callable[[Pictures], Pictures]


@cache
def film(seed: int) -> Pictures:
    return scene(seed, shown=range(FRAMES))


def frames(pictures: Pictures, *, every: int) -> list[Grey]:
    return [np.asarray(picture.convert("L"), np.float32) for picture in pictures[::every]]


def length(pictures: Pictures) -> int:
    return len(pictures) * 1000 // RATE


@cache
def known(seed: int) -> Prints:
    made = copy_detection.of(frames(film(seed), every=6), length_ms=length(film(seed)))
    assert made is not None
    return made


def asked(pictures: Pictures, *, mirrored: bool = False) -> Prints:
    shown = frames(pictures, every=1)
    shown = copy_detection.mirrored(shown) if mirrored else shown
    made = copy_detection.of(shown, length_ms=length(pictures), parts=copy_detection.ASKED_PARTS)
    assert made is not None
    return made


def each(change: Callable[[Image.Image], Image.Image]) -> Change:
    return lambda pictures: [change(picture) for picture in pictures]


def reencoded(pictures: Pictures) -> Pictures:
    with TemporaryDirectory() as folder:
        return encoded(pictures, Path(folder) / "copy.mp4", crf=35)


def logo(picture: Image.Image) -> Image.Image:
    made = picture.copy()
    made.paste((255, 255, 255), (240, 8, 312, 40))
    return made


def captions(picture: Image.Image) -> Image.Image:
    made = picture.copy()
    made.paste((0, 0, 0), (40, 146, 280, 170))
    made.paste((255, 255, 255), (60, 152, 250, 164))
    return made


ATTACKS: dict[str, Change] = {
    "encoded anew": reencoded,
    "half the size": each(lambda one: one.resize((one.width // 2, one.height // 2))),
    "cropped by 5 %": each(cropped(0.025, 0.025, 0.025, 0.025)),
    "cropped by 10 %": each(cropped(0.05, 0.05, 0.05, 0.05)),
    "cropped by 20 %": each(cropped(0.1, 0.1, 0.1, 0.1)),
    "a corner cut off": each(cropped(0.1, 0.1, 0.0, 0.0)),
    "one side cut off": each(cropped(0.0, 0.0, 0.1, 0.0)),
    "upright": each(cropped(0.342, 0.0, 0.342, 0.0)),
    "letterboxed": each(lambda one: ImageOps.expand(one, (0, 40, 0, 40))),
    "pillarboxed": each(lambda one: ImageOps.expand(one, (60, 0, 60, 0))),
    "a logo": each(logo),
    "captions burnt in": each(captions),
    "brighter": each(lambda one: ImageEnhance.Brightness(one).enhance(1.2)),
    "begins later": lambda pictures: pictures[40:],
    "ends sooner": lambda pictures: pictures[:70],
    "a second from the middle": lambda pictures: pictures[60:90],
    "faster": lambda pictures: pictures[::2],
    "within another film": lambda pictures: film(901)[:80] + pictures + film(902)[:60],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_copy_is_known_again(attack: str) -> None:
    for seed in range(2):
        found = copy_detection.match(asked(ATTACKS[attack](film(seed))), known(seed))
        assert copy_detection.is_copy(found), (attack, seed, found)


def test_which_part_a_copy_shows_is_said() -> None:
    upright = asked(ATTACKS["upright"](film(0)))
    assert copy_detection.PARTS[copy_detection.match(upright, known(0)).part] == (0.342, 0.0, 0.342, 0.0)
    assert copy_detection.match(asked(film(0)), known(0)).part == 0


def test_a_mirrored_copy_is_known_when_it_is_mirrored_back() -> None:
    mirrored = [ImageOps.mirror(picture) for picture in film(1)]
    assert not copy_detection.is_copy(copy_detection.match(asked(mirrored), known(1)))
    assert copy_detection.is_copy(copy_detection.match(asked(mirrored, mirrored=True), known(1)))


def test_other_films_are_no_copies_of_one_another() -> None:
    for one in range(8):
        copy = asked(film(one))
        for other in range(8):
            found = copy_detection.match(copy, known(other))
            assert copy_detection.is_copy(found) == (one == other), (one, other, found)


def test_the_same_frames_in_another_order_are_no_copy() -> None:
    backwards = film(2)[::-1]
    assert not copy_detection.is_copy(copy_detection.match(asked(backwards), known(2)))


def test_a_copy_and_its_film_share_what_the_index_looks_for_and_others_dont() -> None:
    there = set(known(3).tokens("release"))
    for attack in ("encoded anew", "cropped by 10 %", "letterboxed", "begins later"):
        assert len(there & set(asked(ATTACKS[attack](film(3))).asked("release"))) >= 2, attack
    assert len(there & set(asked(film(4)).asked("release"))) < 2
    assert not there & set(asked(film(3)).asked("another scope"))


def test_a_title_that_two_films_share_makes_neither_a_copy() -> None:
    card = film(903)[:1]
    long = copy_detection.of(frames(film(5) + card * 60, every=6), length_ms=length(film(5)) + 2400)
    assert long is not None
    other = film(6)[:60]
    other[30] = card[0]
    assert not copy_detection.is_copy(copy_detection.match(asked(other), long))
    assert not copy_detection.is_copy(copy_detection.match(asked(film(6)[:50] + card * 10), long))
    assert copy_detection.is_copy(copy_detection.match(asked(film(5)[60:] + card * 20), long))


def test_what_is_kept_is_read_again_and_nothing_else() -> None:
    made = known(5)
    again = Prints.from_bytes(made.to_bytes())
    assert again.length_ms == made.length_ms
    assert np.array_equal(again.bits, made.bits)
    assert np.array_equal(again.parts, made.parts)
    assert copy_detection.match(asked(film(5)), again).share == 1.0
    for damaged in (b"", b"nonsense", made.to_bytes()[:-40]):
        with pytest.raises(ValueError, match=r".*"):
            Prints.from_bytes(damaged)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_little_to_see_gives_nothing(count: int) -> None:
    assert copy_detection.of(frames(film(0)[:count], every=1), length_ms=100) is None


def test_blank_frames_tell_nothing() -> None:
    black = [Image.new("RGB", (320, 180))] * 100
    assert copy_detection.of(frames(black, every=1), length_ms=4000) is None
    after_black = black[:50] + film(0)
    assert copy_detection.is_copy(copy_detection.match(asked(after_black), known(0)))


def test_a_long_film_has_no_more_frames_than_a_short_one() -> None:
    assert copy_detection.every_ms(8_000) == 250
    assert 3_600_000 / copy_detection.every_ms(3_600_000) <= copy_detection.MOST
    assert copy_detection.every_ms(8_000, asked=True) == 40
