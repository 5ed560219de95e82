"""Which part of a clip answers a search."""

from dam.search import moments
from dam.search.moments import Sample


def samples(*likelihoods: float) -> list[Sample]:
    return [Sample(time_ms=place * 500, likelihood=each) for place, each in enumerate(likelihoods)]


def test_the_best_sample_lasts_until_the_next() -> None:
    assert moments.best(samples(0.1, 0.9, 0.2), duration_ms=1500) == (500, 1000)


def test_good_neighbours_belong_to_the_moment() -> None:
    assert moments.best(samples(0.1, 0.85, 0.9, 0.8, 0.2), duration_ms=2500) == (500, 2000)


def test_a_gap_ends_the_moment() -> None:
    assert moments.best(samples(0.9, 0.1, 0.85), duration_ms=1500) == (0, 500)


def test_the_last_sample_lasts_to_the_end() -> None:
    assert moments.best(samples(0.1, 0.9), duration_ms=1300) == (500, 1300)


def test_a_single_sample_is_the_whole_clip() -> None:
    assert moments.best(samples(0.9), duration_ms=400) == (0, 400)


def test_an_unknown_duration_leaves_a_point() -> None:
    assert moments.best(samples(0.1, 0.9), duration_ms=None) == (500, 500)
