"""May it be used from now until then? To the microsecond, in every zone, also where an hour comes twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dam.accounts import times
from dam.rights import cleared, policy, spans
from dam.rights.disclosure import Disclosed
from dam.rights.policy import Terms, Use
from tests.unit.dam.rights.test_inheritance import asked, every_terms

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEAST = timedelta(microseconds=1)
BERLIN, LORD_HOWE, HAVANA = (
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("America/Havana"),
)
OWN = Terms(approval="approved", credentials="trusted", uses=("web",), territories=("EU",))
# Around the hours that come twice: in Berlin, of half an hour on Lord Howe, at midnight in Havana.
FOLDS = [
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 11, 1, 5, tzinfo=UTC),
]
zones = st.sampled_from(
    [UTC, BERLIN, LORD_HOWE, HAVANA, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/Los_Angeles")]
)
instants = st.builds(
    lambda fold, minutes, micro: fold + timedelta(minutes=minutes, microseconds=micro),
    st.sampled_from(FOLDS),
    st.integers(-180, 180),
    st.sampled_from([-1, 0, 1]),
)
local = st.builds(lambda moment, zone: moment.astimezone(zone), instants, zones)
perhaps = st.none() | local
Moment = datetime | None


@given(
    own=every_terms,
    sources=st.lists(every_terms, max_size=3),
    question=asked,
    hours=st.integers(1, 200),
    part=st.floats(0, 1),
)
def test_no_span_is_more_permissive_than_any_moment_in_it(
    own: Terms, sources: list[Terms], question: dict[str, object], hours: int, part: float
) -> None:
    made = replace(own, inherited=policy.meet(own, sources))
    first = question.pop("at")
    assert isinstance(first, datetime)
    until = first + timedelta(hours=hours)
    whole = spans.decide(made, first=first, until=until, **question)  # type: ignore[arg-type]
    within = first + (until - LEAST - first) * part
    ends = [each for each in (made.embargo_until, made.valid_until, made.consents_until) if each]
    moments = [first, within, until - LEAST, *(m for end in ends for m in (end - LEAST, end))]
    each = [
        policy.decide(made, at=at, **question)  # type: ignore[arg-type]
        for at in moments
        if first <= at < until
    ]
    assert whole.allowed == all(verdict.allowed for verdict in each)
    assert whole.allowed == (not whole.reasons)
    assert whole.allowed == cleared.is_throughout(
        made,
        first=first,
        until=until,
        **question,  # type: ignore[arg-type]
    )


@given(first=local, until=local, begins=st.none() | local, ends=st.none() | local, consents=st.none() | local)
def test_a_span_is_reckoned_by_instants_and_not_by_clocks(
    first: datetime,
    until: datetime,
    begins: datetime | None,
    ends: datetime | None,
    consents: datetime | None,
) -> None:
    def instant(moment: datetime) -> datetime:
        return moment.astimezone(UTC)

    assume(instant(first) < instant(until))
    terms = replace(OWN, embargo_until=begins, valid_until=ends, consents_until=consents)
    expected = begins is None or instant(begins) <= instant(first)
    expected &= all(end is None or instant(until) <= instant(end) for end in (ends, consents))
    assert spans.decide(terms, first=first, until=until).allowed is expected
    assert cleared.is_throughout(terms, first=first, until=until) is expected


@given(moment=local, at=local)
def test_a_clearance_ends_at_its_microsecond_in_every_zone(moment: datetime, at: datetime) -> None:
    early = at.astimezone(UTC) < moment.astimezone(UTC)
    assert policy.decide(replace(OWN, valid_until=moment), at=at).allowed is early
    assert policy.decide(replace(OWN, consents_until=moment), at=at).allowed is early
    assert policy.decide(replace(OWN, embargo_until=moment), at=at).allowed is not early
    assert policy.holds_back(replace(OWN, valid_until=moment), at=at) is not early


@given(one=local, other=local)
def test_the_strictest_of_two_ends_is_the_earlier_instant(one: datetime, other: datetime) -> None:
    made = replace(
        OWN, inherited=policy.meet(OWN, [replace(OWN, valid_until=one), replace(OWN, valid_until=other)])
    )
    end = policy.left(made).valid_until
    assert end is not None
    assert end.astimezone(UTC) == min(one.astimezone(UTC), other.astimezone(UTC))


def test_the_first_and_the_second_of_an_hour_that_comes_twice_are_two_moments() -> None:
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    terms = replace(OWN, valid_until=second)
    assert policy.decide(terms, at=second.replace(fold=0)).allowed
    assert policy.decide(terms, at=second.replace(minute=29)).allowed
    assert not policy.decide(terms, at=second).allowed
    assert spans.decide(terms, first=second.replace(fold=0), until=second).allowed


def test_a_day_with_its_last_hour_twice_counts_to_the_end() -> None:
    """Clocks in Havana go back from one o'clock to midnight."""
    end = times.end_of_day(datetime(2026, 10, 31).date(), HAVANA)
    _first, last = spans.moments(NOW.replace(month=10, day=20), end)
    assert end.astimezone(UTC) - last == LEAST


def test_what_ends_yet_is_said_to_end_yet() -> None:
    end = datetime(2027, 3, 31, 21, 59, 59, tzinfo=UTC)
    verdict = spans.decide(replace(OWN, valid_until=end), first=NOW.astimezone(BERLIN), until=end + LEAST)
    assert verdict.reasons == ("Its clearance ends on 31 March 2027.",)
    verdict = spans.decide(replace(OWN, consents_until=end), first=NOW, until=end + timedelta(days=2))
    assert verdict.reasons == ("A consent that it needs ends on 31 March 2027.",)
    verdict = spans.decide(replace(OWN, valid_until=NOW), first=NOW, until=end)
    assert verdict.reasons == ("Its clearance ended on 22 November 2026.",)


def test_an_embargo_and_an_end_within_are_both_said() -> None:
    terms = replace(OWN, embargo_until=NOW + timedelta(days=1), valid_until=NOW + timedelta(days=5))
    verdict = spans.decide(terms, use=Use.WEB, first=NOW, until=NOW + timedelta(days=9))
    assert verdict.reasons == (
        "It's under embargo until 23 November 2026.",
        "Its clearance ends on 27 November 2026.",
    )
    assert verdict.causes == (policy.Cause.EMBARGO, policy.Cause.ENDED)


def test_a_rule_of_disclosure_that_begins_within_counts() -> None:
    looks_real = Disclosed(looks_real=True, artistic=False, performer=False, waived=frozenset())
    terms = replace(OWN, disclosed=looks_real)
    first = datetime(2026, 8, 1, tzinfo=UTC)
    soon, later = first + timedelta(hours=1), first + timedelta(days=9)
    assert not spans.requirements(terms, first=first, until=soon)
    assert [each.rule.key for each in spans.requirements(terms, first=first, until=later)] == ["eu"]


def test_no_time_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        spans.moments(NOW, NOW)
