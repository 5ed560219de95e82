from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.media import timing
from dam.media.timing import Span

MS = Fraction(1, 1000)
R25 = [Fraction(25)]


@pytest.mark.parametrize("rate", ["24000/1001", "24", "25", "30000/1001", "30", "25/2", "60000/1001", "60"])
@pytest.mark.parametrize("tick", [Fraction(1, 1000), Fraction(1, 90_000), Fraction(1, 11_456)])
def test_a_constant_rate_is_found_through_rounded_time_stamps(rate: str, tick: Fraction) -> None:
    wanted = Fraction(rate)
    pts = [round(n / wanted / tick) for n in range(240)]
    found = timing.measure(pts, time_base=tick, declared=[wanted])
    assert (found.frame_rate, found.variable_rate, found.frame_count) == (wanted, False, 240)


def test_a_false_declared_rate_is_not_believed() -> None:
    found = timing.measure(
        [n * 40 for n in range(50)], time_base=Fraction(1, 1000), declared=[Fraction(60_000), Fraction(1000)]
    )
    assert found.frame_rate == 25


def test_order_of_packets_does_not_matter() -> None:
    found = timing.measure([0, 3, 1, 2, 6, 4, 5], time_base=Fraction(1, 25), declared=[])
    assert (found.frame_rate, found.variable_rate) == (Fraction(25), False)


def test_missing_frames_keep_the_rate_and_leave_holes() -> None:
    found = timing.measure([0, 1, 2, 3, 5, 6, 7, 8, 9], time_base=Fraction(1, 24), declared=[Fraction(24)])
    assert (found.frame_rate, found.variable_rate, found.frame_count) == (Fraction(24), True, 10)


def test_a_variable_rate_is_laid_on_the_grid_of_its_average() -> None:
    found = timing.measure([0, 10, 100, 110, 400], time_base=Fraction(1, 100), declared=[])
    assert found.variable_rate
    assert (found.frame_rate, found.frame_count) == (Fraction(1), 5)


def test_one_frame_lasts_as_long_as_it_says() -> None:
    found = timing.measure([7], time_base=Fraction(1, 25), declared=[Fraction(25)], last_duration=2)
    assert (found.frame_count, found.duration, found.first_pts) == (2, Fraction(2, 25), Fraction(7, 25))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.integers(1, 100_000))
def test_any_time_stamps_give_a_usable_grid(pts: list[int], ticks: int) -> None:
    found = timing.measure(pts, time_base=Fraction(1, ticks), declared=[Fraction(30)])
    assert 0 < found.frame_rate <= timing.HIGHEST_RATE
    assert found.frame_count >= 1
    assert found.duration > 0


def test_a_picture_comes_at_the_frame_nearest_to_its_time_stamp() -> None:
    at = [
        timing.number_at(Fraction(ms, 1000), first_pts=Fraction(1), frame_rate=Fraction(25))
        for ms in (1000, 1019, 1020, 1040, 1059)
    ]
    assert at == [0, 0, 1, 1, 1]


def test_a_screen_recording_keeps_its_rate_through_a_long_still() -> None:
    shown = [*range(0, 2000, 40), *range(10_000, 11_000, 40)]
    found = timing.measure(shown, time_base=MS, declared=R25)
    assert (found.frame_rate, found.frame_count, found.holds) == (Fraction(25), 275, ())


def test_a_picture_that_stays_for_hours_is_held() -> None:
    six_hours = 6 * 3600 * 25 - 1
    found = timing.measure([*range(100), six_hours], time_base=Fraction(1, 25), declared=R25)
    assert (found.frame_count, found.holds) == (six_hours + 1, ((99, six_hours - 1),))


def test_holds_are_bounded_and_the_longest_ones() -> None:
    lengths = [300 + number for number in range(timing.MOST_HOLDS + 50)]
    pts = [0]
    for length in lengths:
        pts += [pts[-1] + length, *range(pts[-1] + length + 1, pts[-1] + length + 10)]
    found = timing.measure(pts, time_base=Fraction(1, 25), declared=R25)
    assert len(found.holds) == timing.MOST_HOLDS
    assert list(found.holds) == sorted(found.holds)


def test_one_picture_lasts_as_long_as_its_sound() -> None:
    found = timing.measure([0], time_base=MS, declared=R25, sound=Span(Fraction(0), Fraction(30)))
    assert (found.frame_count, found.duration, found.holds) == (750, Fraction(30), ((0, 748),))


def test_the_last_picture_stays_while_sound_goes_on() -> None:
    heard = Span(Fraction(0), Fraction(5))
    found = timing.measure(range(50), time_base=Fraction(1, 25), declared=R25, sound=heard)
    assert (found.frame_count, found.last_picture) == (125, 49)


def test_sound_that_ends_a_little_later_adds_no_frame() -> None:
    heard = Span(Fraction(0), Fraction(24, 10))
    assert timing.measure(range(50), time_base=Fraction(1, 25), declared=R25, sound=heard).frame_count == 50


def test_the_first_picture_stands_while_sound_comes_before_it() -> None:
    heard = Span(Fraction(0), Fraction(4))
    found = timing.measure(range(50, 100), time_base=Fraction(1, 25), declared=R25, sound=heard)
    assert (found.first_pts, found.first_picture, found.frame_count) == (Fraction(0), 50, 100)


def test_a_broken_sound_clock_changes_nothing() -> None:
    heard = Span(Fraction(43), Fraction(44))
    assert timing.measure(range(25), time_base=Fraction(1, 25), declared=R25, sound=heard).duration == 1


def test_gaps_that_a_cut_leaves_at_the_end_close_up() -> None:
    found = timing.measure([*range(75), 76, 78], time_base=Fraction(1, 25), declared=R25)
    assert (found.frame_count, found.variable_rate, found.closed) == (77, False, ((74, 1), (76, 1)))
    frames = [
        timing.number_at(Fraction(n, 25), first_pts=Fraction(0), frame_rate=Fraction(25), closed=found.closed)
        for n in (74, 76, 78)
    ]
    assert frames == [74, 75, 76]


def test_a_slow_rate_shows_each_picture_for_its_time() -> None:
    found = timing.measure(range(5), time_base=Fraction(10), declared=[Fraction(1, 10)], last_duration=1)
    assert (found.frame_rate, found.frame_count) == (Fraction(1), 50)


@pytest.mark.parametrize("rate", [500, 960, 1000])
def test_a_very_high_rate_keeps_every_picture(rate: int) -> None:
    found = timing.measure(range(300), time_base=Fraction(1, rate), declared=[Fraction(rate)])
    assert (found.frame_rate, found.frame_count, found.variable_rate) == (Fraction(rate), 300, False)


def test_a_long_clip_does_not_drift_from_its_time_stamps() -> None:
    """Phones record at 30.003 and the like: after an hour that is many frames."""
    tick = Fraction(1, 90_000)
    pts = [round(n / Fraction(30_004, 1000) / tick) for n in range(40_000)]
    found = timing.measure(pts, time_base=tick, declared=[Fraction(30)])
    assert found.frame_count == 40_000
    last = timing.number_at(pts[-1] * tick, first_pts=found.first_pts, frame_rate=found.frame_rate)
    assert last == 39_999


def test_a_phone_that_drops_pictures_shows_each_at_a_frame_of_its_own() -> None:
    pts = [round(n * 1000 / 30) + 5 * (n % 3) for n in range(90) if n % 7 != 3]
    found = timing.measure(pts, time_base=MS, declared=[Fraction(27)])
    frames = {timing.number_at(at * MS, first_pts=found.first_pts, frame_rate=found.frame_rate) for at in pts}
    assert len(frames) == len(pts)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=60), st.integers(1, 100_000))
def test_every_frame_is_either_encoded_or_held_within_bounds(pts: list[int], ticks: int) -> None:
    found = timing.measure(pts, time_base=Fraction(1, ticks), declared=[Fraction(30)])
    held = sum(last - first for first, last in found.holds)
    assert found.frame_count - held <= (timing.HELD_FRAMES + 1) * (len(set(pts)) + 2)
    assert all(0 <= first < last < found.frame_count for first, last in found.holds)


def test_an_uneven_clip_is_laid_on_the_rate_that_hides_the_fewest_pictures() -> None:
    pts = [n * 30 + (11 if n % 5 == 1 else 0) + (-14 if n % 5 == 2 else 0) for n in range(60)]
    found = timing.measure(pts, time_base=MS, declared=[])
    assert found.pictures_shown >= 58


@pytest.mark.parametrize("rate", timing.STEADY_RATES)
@pytest.mark.parametrize("count", [10, 60, 240, 1000])
@pytest.mark.parametrize("tick", [Fraction(1, 1000), Fraction(1, 90_000)])
def test_a_usual_rate_is_known_exactly_where_it_is_stated_roughly(
    rate: Fraction, count: int, tick: Fraction
) -> None:
    """239.76 in Matroska was 240, and 95.9 and 71.9 odd ones: its nanoseconds make odd fractions of all."""
    pts = [round(place / rate / tick) for place in range(count)]
    for stated in (rate, Fraction(10**9, round(10**9 / rate))):
        assert timing.measure(pts, time_base=tick, declared=[stated]).frame_rate == rate


@pytest.mark.parametrize("rate", [Fraction(120_000, 1001), Fraction(240_000, 1001)])
def test_ticks_tell_119_88_from_120_before_a_frame_is_lost(rate: Fraction) -> None:
    pts = [round(place / rate * 1000) for place in range(300)]
    guessed = Fraction(round(rate))
    assert timing.measure(pts, time_base=Fraction(1, 1000), declared=[guessed]).frame_rate == rate


def test_a_tick_for_each_frame_is_the_rate_whatever_is_guessed() -> None:
    rate = Fraction(120_000, 1001)
    assert timing.measure(range(60), time_base=1 / rate, declared=[Fraction(120)]).frame_rate == rate


STEADY = [40 * place for place in range(60)]


@pytest.mark.parametrize(
    ("broken", "by"),
    [
        ({20: 459_712}, None),
        ({20: 9112, 21: 80_000, 40: 7_210_640}, None),
        ({0: 41_592}, None),
        ({59: 56_712}, 2400),
    ],
)
def test_a_time_stamp_that_leaps_away_and_back_invents_no_minutes(
    broken: dict[int, int], by: int | None
) -> None:
    pts = [broken.get(place, stamp) for place, stamp in enumerate(STEADY)]
    mended, count = timing.mend(pts, pts, time_base=MS, stated_end=None if by is None else by * MS)
    assert (mended, count) == (STEADY, len(broken))


def test_one_that_is_shown_long_after_it_was_decoded_comes_in_its_turn() -> None:
    pts = [stamp + 80 for stamp in STEADY]
    pts[20] += 60_000
    mended, count = timing.mend(pts, STEADY, time_base=MS, stated_end=None)
    assert (mended, count) == ([stamp + 80 for stamp in STEADY], 1)


@pytest.mark.parametrize(
    "pts",
    [
        [*STEADY, 3_600_000],  # a picture that stays for an hour
        [10_000 * place for place in range(30)],
        [*STEADY, *(stamp + 600_000 for stamp in STEADY)],
        [*(stamp + 600_000 for stamp in STEADY), *STEADY],  # two pieces put together
        STEADY[:2],
    ],
)
def test_pictures_that_stay_and_pieces_put_together_are_believed(pts: list[int]) -> None:
    mended, count = timing.mend(pts, pts, time_base=MS, stated_end=max(pts) * MS)
    assert count == 0
    assert mended is pts  # nor copied: they may be millions


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=80), st.integers(0, 10**9))
def test_mending_takes_whatever_comes(pts: list[int], end: int) -> None:
    mended, count = timing.mend(pts, pts, time_base=MS, stated_end=end * MS)
    assert len(mended) == len(pts)
    assert 2 * count <= len(pts)
    assert len(timing.evenly(pts)) == len(pts)
