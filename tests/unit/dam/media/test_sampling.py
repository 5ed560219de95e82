"""Few frames are kept of what stays, more of what changes, none that shows nothing."""

from functools import partial

import numpy as np
import pytest

from dam.media import glance, sampling
from dam.media.sampling import Candidate, Sampler

from . import filmed
from .filmed import Film


def kept(film: Film, *, most: int = sampling.MOST) -> list[int]:
    """The numbers of the frames that are kept."""
    numbers: dict[int, int] = {}

    def keep(candidate: Candidate[int], drawn: int) -> None:
        assert drawn == candidate.index
        numbers[candidate.index] = candidate.time_ms

    def thin(gap_ms: int) -> None:
        there = sorted(numbers)
        stay = {there[place] for place in sampling.thinned([numbers[n] for n in there], gap_ms=gap_ms)}
        for number in set(numbers) - stay:
            del numbers[number]

    duration_ms = len(film) * 1000 // filmed.RATE
    sampler = Sampler[int](duration_ms=duration_ms, keep=keep, thin=thin, most=most)
    for number, (time_ms, picture) in enumerate(filmed.times(film)):
        sampler.feed(Candidate(number, time_ms, glance.take(picture), partial(int, number)))
    sampler.finish()
    return sorted(numbers)


def busy(seconds: int) -> Film:
    """Another picture each fifth of a second."""
    return [picture for seed in range(seconds * 5) for picture in filmed.still(seed, 5)]


def test_a_still_clip_is_one_frame_however_long() -> None:
    assert len(kept(filmed.still(1, 1000))) == 1


def test_a_clip_that_hardly_changes_is_three() -> None:
    film = [filmed.drawn(filmed.scene(1) + number / 20_000) for number in range(200)]
    assert len(kept(film)) == 3


def test_a_busy_clip_is_at_most_one_each_half_second() -> None:
    numbers = kept(busy(20))
    assert 30 <= len(numbers) <= 40
    assert min(np.diff(numbers)) >= 0.5 * filmed.RATE


def test_each_shot_is_kept() -> None:
    film = [*filmed.still(1, 30), *filmed.still(2, 30), *filmed.still(3, 30), *filmed.still(4, 30)]
    assert [number // 30 for number in kept(film)] == [0, 1, 2, 3]


def test_black_is_left_out_unless_nothing_else_is_there() -> None:
    numbers = kept([*filmed.black(50), *filmed.moving(1, 100), *filmed.black(50)])
    assert min(numbers) >= 50
    assert max(numbers) < 150
    assert len(kept(filmed.black(60))) == 1


def test_what_is_blurred_is_left_out_where_the_same_comes_sharp() -> None:
    film = [*filmed.moving(1, 50), *filmed.blurred(2, 20), *filmed.still(2, 50)]
    assert not set(kept(film)) & set(range(50, 70))


def test_a_shot_that_is_blurred_all_along_is_kept_once() -> None:
    film = [*filmed.still(1, 50), *filmed.blurred(2, 100), *filmed.still(3, 50)]
    assert len(set(kept(film)) & set(range(50, 150))) == 1


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_clip_of_a_few_frames_keeps_them_all(count: int) -> None:
    assert kept([filmed.drawn(filmed.scene(seed)) for seed in range(count)]) == list(range(count))


def test_in_a_long_film_frames_lie_further_apart_and_stay_within_the_limit() -> None:
    numbers = kept(busy(60), most=40)
    assert 20 <= len(numbers) <= 40
    assert min(np.diff(numbers)) >= filmed.RATE
