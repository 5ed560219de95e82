"""Which parts of a clip answer a search."""

from dam.search import moments
from dam.search.moments import Sample


def best(*likelihoods: float, duration_ms: int | None) -> tuple[int, int]:
    run = moments.best(samples(*likelihoods), duration_ms=duration_ms)
    return run.start_ms, run.end_ms


def samples(*likelihoods: float) -> list[Sample]:
    return [Sample(time_ms=place * 500, likelihood=each) for place, each in enumerate(likelihoods)]


def test_the_best_sample_lasts_until_the_next() -> None:
    assert best(0.1, 0.9, 0.2, duration_ms=1500) == (500, 1000)


def test_good_neighbours_belong_to_the_moment() -> None:
    assert best(0.1, 0.85, 0.9, 0.8, 0.2, duration_ms=2500) == (500, 2000)


def test_a_gap_ends_the_moment() -> None:
    assert best(0.9, 0.1, 0.85, duration_ms=1500) == (0, 500)


def test_the_last_sample_lasts_to_the_end() -> None:
    assert best(0.1, 0.9, duration_ms=1300) == (500, 1300)


def test_a_single_sample_is_the_whole_clip() -> None:
    assert best(0.9, duration_ms=400) == (0, 400)


def test_an_unknown_duration_leaves_a_point() -> None:
    assert best(0.1, 0.9, duration_ms=None) == (500, 500)


def test_the_frame_that_shows_it_best_is_named() -> None:
    assert moments.best(samples(0.1, 0.85, 0.9, 0.8), duration_ms=2000).at_ms == 1000


def test_other_good_moments_follow_the_best() -> None:
    runs = moments.several(samples(0.7, 0.1, 0.9, 0.1, 0.8, 0.1), duration_ms=3000, most=3)
    assert [run.start_ms for run in runs] == [1000, 2000, 0]


def test_a_much_weaker_moment_is_left_out() -> None:
    assert len(moments.several(samples(0.9, 0.1, 0.4, 0.1), duration_ms=2000, most=3)) == 1


def test_what_trails_off_beside_a_moment_is_no_other() -> None:
    assert len(moments.several(samples(0.1, 0.65, 0.9, 0.6), duration_ms=2000, most=3)) == 1
