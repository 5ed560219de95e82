"""Cuts are found in made-up clips, where it is known when they come."""

from itertools import pairwise

import pytest

from dam.media import glance, shots
from dam.media.shots import CutFinder, Shot

from . import filmed
from .filmed import Film


def cuts(film: Film) -> list[int]:
    finder = CutFinder()
    found = [cut for time, picture in filmed.times(film) for cut in finder.feed(time, glance.take(picture))]
    return [*found, *finder.finish()]


def test_a_hard_cut_is_found_at_its_picture() -> None:
    assert cuts([*filmed.moving(1, 40), *filmed.moving(2, 30), *filmed.still(3, 40)]) == [1600, 2800]


def test_cuts_near_both_ends_are_found() -> None:
    assert cuts([*filmed.still(1, 6), *filmed.moving(2, 60), *filmed.still(3, 6)]) == [240, 2640]


@pytest.mark.parametrize("film", [filmed.still(1, 100), filmed.moving(1, 100), filmed.moving(1, 80, step=5)])
def test_neither_a_still_picture_nor_motion_is_a_cut(film: Film) -> None:
    assert cuts(film) == []


@pytest.mark.parametrize("light", [filmed.white(1), filmed.white(3), filmed.still(9, 2)])
def test_a_flash_is_no_cut(light: Film) -> None:
    film = filmed.moving(1, 80)
    assert cuts([*film[:40], *light, *film[40:]]) == []


def test_a_flash_on_a_cut_is_one_cut() -> None:
    assert len(cuts([*filmed.still(1, 40), *filmed.white(2), *filmed.still(2, 40)])) == 1


def test_a_dissolve_is_one_cut_about_its_middle() -> None:
    (cut,) = cuts([*filmed.still(1, 40), *filmed.dissolve(1, 2, 14), *filmed.still(2, 40)])
    assert abs(cut - 47 * 40) <= 120


def test_a_fade_through_black_is_one_cut_where_there_is_something_to_see_again() -> None:
    film = [*filmed.still(1, 40), *filmed.fade(1, 15, out=True), *filmed.black(10), *filmed.fade(2, 15)]
    (cut,) = cuts([*film, *filmed.still(2, 40)])
    assert 65 * 40 <= cut <= 69 * 40


def test_black_at_the_beginning_and_the_end_makes_no_shot() -> None:
    assert cuts([*filmed.black(20), *filmed.fade(1, 10), *filmed.still(1, 40), *filmed.black(20)]) == []


def test_no_shot_is_shorter_than_a_glimpse() -> None:
    film = [picture for seed in range(40) for picture in filmed.still(seed, 2)]
    times = [0, *cuts(film)]
    assert all(later - earlier >= shots.SHORTEST_MS for earlier, later in pairwise(times))


def test_cuts_make_shots_from_the_beginning_to_the_end() -> None:
    assert shots.between([400, 1000, 1200], duration_ms=1200) == (
        Shot(0, 400),
        Shot(400, 1000),
        Shot(1000, 1200),
    )
    assert shots.between([], duration_ms=0) == (Shot(0, 1),)


def test_a_shot_of_which_no_frame_is_kept_belongs_to_the_one_before() -> None:
    three = shots.between([400, 1000], duration_ms=1200)
    assert shots.with_frames(three, [10, 200, 1100]) == ((Shot(0, 1000), Shot(1000, 1200)), (0, 0, 1))
    assert shots.with_frames(three, [600]) == ((Shot(0, 1200),), (0,))
