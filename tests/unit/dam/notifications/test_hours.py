"""Quiet hours and digests, also where clocks are set forward and back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.notifications import hours
from dam.notifications.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")  # forward on 28 March 2027, back on 31 October 2027
NIGHT = Hours(BERLIN, time(8), time(20), time(7))


def local(*parts: int, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime(*parts).replace(tzinfo=zone, fold=fold).astimezone(UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hour", "quiet"), [(6, True), (7, False), (12, False), (19, False), (20, True), (23, True)]
)
def test_quiet_hours_span_midnight(hour: int, quiet: bool) -> None:
    assert hours.is_quiet(local(2027, 5, 3, hour), NIGHT) is quiet


def test_quiet_hours_within_a_day() -> None:
    noon = Hours(BERLIN, quiet_from=time(12), quiet_until=time(13))
    assert hours.after_quiet(local(2027, 5, 3, 12, 30), noon) == local(2027, 5, 3, 13)
    assert hours.after_quiet(local(2027, 5, 3, 13), noon) == local(2027, 5, 3, 13)


def test_no_quiet_hours_where_both_ends_are_the_same() -> None:
    assert not hours.is_quiet(local(2027, 5, 3, 8), Hours(BERLIN, quiet_from=time(8), quiet_until=time(8)))


def test_the_evening_waits_until_the_next_morning() -> None:
    assert hours.after_quiet(local(2027, 5, 3, 22), NIGHT) == local(2027, 5, 4, 7)
    assert hours.after_quiet(local(2027, 5, 4, 3), NIGHT) == local(2027, 5, 4, 7)


def test_the_same_moment_is_quiet_in_one_zone_and_not_in_another() -> None:
    at = datetime(2027, 5, 3, 12, tzinfo=UTC)
    assert not hours.is_quiet(at, NIGHT)
    assert hours.is_quiet(at, Hours(ZoneInfo("Pacific/Auckland"), quiet_from=time(20), quiet_until=time(7)))


def test_the_digest_comes_today_or_tomorrow() -> None:
    assert hours.next_digest(local(2027, 5, 3, 7), NIGHT) == local(2027, 5, 3, 8)
    assert hours.next_digest(local(2027, 5, 3, 8), NIGHT) == local(2027, 5, 4, 8)


def test_a_digest_leaves_out_the_weekend_when_asked_to() -> None:
    weekdays = Hours(BERLIN, time(8), weekends=False)
    assert hours.next_digest(local(2027, 5, 7, 9), weekdays) == local(2027, 5, 10, 8)  # from Friday to Monday


def test_a_time_that_the_spring_skips_is_the_moment_after_the_gap() -> None:
    early = Hours(BERLIN, time(2, 30))
    assert hours.next_digest(local(2027, 3, 28, 1), early) == local(2027, 3, 28, 3, 30)


def test_a_time_that_autumn_has_twice_counts_once_a_day() -> None:
    early = Hours(BERLIN, time(2, 30))
    first = hours.next_digest(local(2027, 10, 31, 1), early)
    assert first == local(2027, 10, 31, 2, 30)
    assert hours.after_quiet(first, Hours(BERLIN, quiet_from=time(1), quiet_until=time(2, 30))) == first


def test_quiet_hours_end_within_the_hour_that_comes_twice() -> None:
    quiet = Hours(BERLIN, quiet_from=time(22), quiet_until=time(2, 30))
    second = local(2027, 10, 31, 2, 15, fold=1)
    assert hours.after_quiet(second, quiet) == local(2027, 10, 31, 2, 30, fold=1)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.times(),
    st.sampled_from(
        ["Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland", "Australia/Lord_Howe", "UTC"]
    ),
)
def test_the_next_digest_is_ahead_and_within_two_days(at: datetime, wall: time, name: str) -> None:
    moment = hours.next_digest(at, Hours(ZoneInfo(name), wall.replace(tzinfo=None)))
    assert at < moment <= at + timedelta(hours=26)
