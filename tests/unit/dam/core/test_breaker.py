"""What did not answer is left alone for a while, and asked again after it."""

from dam.core.breaker import Breaker
from dam.core.events import Pacing


def test_after_a_failure_it_is_open_for_its_time() -> None:
    now = 0.0
    breaker = Breaker(seconds=5, clock=lambda: now)
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open
    now = 5.0
    assert not breaker.is_open


def test_an_answer_closes_it() -> None:
    breaker = Breaker(seconds=5)
    breaker.failed()
    breaker.worked()
    assert not breaker.is_open


def test_a_name_is_told_at_once_and_then_once_for_all_that_came_meanwhile() -> None:
    now = 0.0
    pacing = Pacing(clock=lambda: now)
    told = []
    for tick in range(40):  # four times a second, for ten seconds
        now = tick / 4
        told += [now] * len(pacing.due())
        if pacing.came("jobs"):
            told.append(now)
    assert told == [0.0, 2.0, 4.0, 6.0, 8.0]
    now = 10.0
    assert pacing.due() == ["jobs"]  # the last change is told, too
    now = 20.0
    assert pacing.due() == []


def test_names_do_not_hold_up_each_other() -> None:
    pacing = Pacing(clock=lambda: 1.0)
    assert [pacing.came(name) for name in ("jobs", "library", "job-1", "jobs")] == [True, True, True, False]


def test_it_waits_no_longer_than_until_something_is_due() -> None:
    now = 0.0
    pacing = Pacing(clock=lambda: now)
    assert pacing.wait(15) == 15
    pacing.came("jobs")
    assert pacing.wait(15) == 15
    now = 0.5
    pacing.came("jobs")
    assert pacing.wait(15) == 1.5


def test_what_is_quiet_is_forgotten() -> None:
    now = 0.0
    pacing = Pacing(clock=lambda: now)
    for number in range(100):
        pacing.came(f"job-{number}")
    now = 60.0
    pacing.due()
    assert vars(pacing)["_not_before"] == {}
