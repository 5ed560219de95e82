"""Intervals grow, and end growing."""

from datetime import UTC, datetime, timedelta

from dam.ingest import backoff

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_message_is_sent_again_after_two_minutes_then_twice_as_long_each_time() -> None:
    assert [backoff.next_send(AT, sends=n) - AT for n in range(3)] == [
        timedelta(minutes=2),
        timedelta(minutes=4),
        timedelta(minutes=8),
    ]


def test_no_interval_grows_beyond_its_longest() -> None:
    assert backoff.next_send(AT, sends=1000) - AT == backoff.LAST_SEND
    assert backoff.next_retry(AT, interruptions=1000) - AT == backoff.LAST_RETRY


def test_an_outage_of_a_night_is_waited_out() -> None:
    waits = [backoff.next_retry(AT, interruptions=n) - AT for n in range(backoff.MOST_INTERRUPTIONS - 1)]
    assert sum(waits, timedelta()) > timedelta(hours=7)
