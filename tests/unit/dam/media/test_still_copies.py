"""Copies of an image are known again whatever was done to them; other images are not."""

import io
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from dam.media import still_copies
from dam.media.fingerprints import Grey
from dam.media.still_copies import Asked, Match, StillPrint
from tests.unit.dam.media.test_fingerprints import cropped, scene

Change = Callable[[Image.Image], Image.Image]


@cache
def image(seed: int) -> Image.Image:
    """With some detail, as photographs have."""
    picture, chance = scene(seed, shown=range(1))[0].resize((640, 360)), np.random.default_rng(seed)
    pen = ImageDraw.Draw(picture)
    for x, y, size in chance.integers((0, 0, 3), (640, 360, 40), (60, 3)):
        pen.rectangle((x, y, x + size, y + size), fill=tuple(map(int, chance.integers(0, 255, 3))))
    return picture


def grey(picture: Image.Image) -> Grey:
    small = picture.copy()
    small.thumbnail((still_copies.SIDE, still_copies.SIDE))
    return np.asarray(small.convert("L"), np.float32)


@cache
def known(seed: int) -> StillPrint:
    made = still_copies.of(grey(image(seed)))
    assert made is not None
    return made


def asked(picture: Image.Image) -> Asked:
    made = still_copies.asked(grey(picture))
    assert made is not None
    return made


def saved(**options: int) -> Change:
    def save(picture: Image.Image) -> Image.Image:
        content = io.BytesIO()
        picture.save(content, "JPEG", **options)
        return Image.open(content)

    return save


def captions(picture: Image.Image) -> Image.Image:
    made = picture.copy()
    made.paste((0, 0, 0), (40, 300, 600, 340))
    return made


def shape(share: float) -> Change:
    return lambda picture: cropped((1 - share) / 2, 0.0, (1 - share) / 2, 0.0)(picture)


ATTACKS: dict[str, tuple[Change, bool]] = {  # and whether it shows a part alone
    "saved anew": (saved(quality=20), False),
    "half the size": (lambda one: one.resize((320, 180)), False),
    "other proportions": (lambda one: one.resize((560, 360)), False),
    "cropped by 5 %": (cropped(0.025, 0.025, 0.025, 0.025), True),
    "cropped by 20 %": (cropped(0.1, 0.1, 0.1, 0.1), True),
    "a corner cut off": (cropped(0.1, 0.1, 0.0, 0.0), True),
    "somewhere": (cropped(0.03, 0.07, 0.05, 0.01), True),
    "square": (shape(9 / 16), True),
    "letterboxed": (lambda one: ImageOps.expand(one, (0, 40, 0, 40)), False),
    "in a white frame": (lambda one: ImageOps.expand(one, 40, (255, 255, 255)), False),
    "words laid over": (captions, False),
    "brighter": (lambda one: ImageEnhance.Brightness(one).enhance(1.2), False),
    "without colours": (lambda one: one.convert("L").convert("RGB"), False),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_copy_is_known_again_and_whether_it_was_cropped(attack: str) -> None:
    change, part = ATTACKS[attack]
    for seed in range(4):
        for mirrored in (False, True):
            picture = change(ImageOps.mirror(image(seed)) if mirrored else image(seed))
            found = still_copies.match(asked(picture), known(seed))
            assert found is not None, (attack, seed)
            assert (found.cropped, found.mirrored) == (part, mirrored), (attack, seed, found)


def test_other_images_are_no_copies_of_one_another() -> None:
    for one in range(12):
        for other in range(12):
            found = still_copies.match(asked(image(one)), known(other))
            assert (found is not None) == (one == other), (one, other, found)


def test_bits_that_are_near_by_chance_make_no_copy() -> None:
    other = known(6)
    forged = StillPrint(other.picture, known(5).cuts, known(5).bits)
    found = still_copies.match(asked(image(5)), known(5))
    assert found == Match(found.share if found else 0.0)
    assert still_copies.match(asked(image(5)), forged) is None


def test_a_copy_and_its_image_share_what_the_index_looks_for_and_others_dont() -> None:
    there = set(known(3).tokens("image"))
    for attack in ("saved anew", "cropped by 5 %", "square", "letterboxed", "in a white frame"):
        assert len(there & set(asked(ATTACKS[attack][0](image(3))).tokens("image"))) >= 2, attack
    assert not there & set(asked(image(3)).tokens("another scope"))


def test_what_is_kept_is_read_again_and_nothing_else() -> None:
    made = known(5)
    again = StillPrint.from_bytes(made.to_bytes())
    assert np.array_equal(again.bits, made.bits)
    assert np.allclose(again.cuts, made.cuts)
    assert still_copies.match(asked(image(5)), again) is not None
    assert len(made.to_bytes()) < 12_000
    for damaged in (b"", b"nonsense", made.to_bytes()[:-40]):
        with pytest.raises(ValueError, match=r".*"):
            StillPrint.from_bytes(damaged)


@pytest.mark.parametrize("size", [(320, 180), (7, 7), (160, 1)])
def test_too_little_to_see_gives_nothing(size: tuple[int, int]) -> None:
    blank = grey(Image.new("RGB", size, (90, 20, 20)))
    assert still_copies.of(blank) is None
    assert still_copies.asked(blank) is None
