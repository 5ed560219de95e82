"""Rights are inherited: nothing may do more than the strictest of what it was made from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.rights import cleared, policy, territories
from dam.rights.policy import Generator, Inherited, Source, Terms, Use

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OWN = Terms(approval="approved", credentials="trusted", uses=("web", "social"), territories=("EU", "CH"))
TAKE = replace(OWN, approval="draft", uses=(), territories=("worldwide",))

moments = st.one_of(st.none(), st.integers(-3, 3).map(lambda days: NOW + DAY * days))
places = st.lists(st.sampled_from(["worldwide", "EU", *sorted(territories.EU), "US", "CH"]), max_size=30)
every_terms = st.builds(
    Terms,
    approval=st.sampled_from(["approved"] * 5 + ["draft", "in_review", "rejected", "withdrawn"]),
    credentials=st.sampled_from(["trusted"] * 5 + ["none", "altered", "invalid"]),
    uses=st.lists(st.sampled_from([use.value for use in Use]), unique=True).map(tuple),
    territories=st.one_of(places, st.just(sorted(territories.EU)), st.just(["worldwide"])).map(tuple),
    embargo_until=moments,
    valid_until=moments,
    consents_until=moments,
    trashed=st.sampled_from([False] * 9 + [True]),
)
generators = st.builds(
    Generator,
    stops=st.sampled_from([False, False, True]),
    places=st.one_of(st.none(), st.just(("US", "CH")), st.just(("CH", "EU", *sorted(territories.EU)))),
)
asked = st.fixed_dictionaries(
    {
        "use": st.sampled_from([None, *Use]),
        "territory": st.sampled_from([None, "EU", "DE", "FR", "US", "CH", "worldwide"]),
        "at": st.integers(-4, 4).map(lambda days: NOW + DAY * days),
    }
)


@given(own=every_terms, sources=st.lists(every_terms, max_size=4), question=asked)
def test_nothing_may_do_more_than_the_strictest_of_what_it_was_made_from(
    own: Terms, sources: list[Terms], question: dict[str, object]
) -> None:
    made = replace(own, inherited=policy.meet(own, sources))
    allowed = policy.decide(made, **question).allowed  # type: ignore[arg-type]
    if allowed:
        assert policy.decide(own, **question).allowed  # type: ignore[arg-type]
        for each in sources:
            assert not policy.stops(each)
            assumed = each if each.approval == "approved" else _with_dates(own, each)
            assert policy.decide(assumed, **question).allowed  # type: ignore[arg-type]


@given(own=every_terms, sources=st.lists(every_terms, max_size=4), question=asked)
def test_names_and_the_order_of_sources_decide_nothing(
    own: Terms, sources: list[Terms], question: dict[str, object]
) -> None:
    made = replace(own, inherited=policy.meet(own, sources))
    turned = replace(own, inherited=policy.meet(own, reversed(sources)))
    assert made == turned
    named = [Source(f"“{number}”", each) for number, each in enumerate(sources)]
    without = policy.decide(made, **question)  # type: ignore[arg-type]
    assert policy.decide(made, **question, sources=named).allowed == without.allowed  # type: ignore[arg-type]


@given(own=every_terms, sources=st.lists(every_terms, max_size=4), question=asked)
def test_the_filter_of_a_moment_is_the_policy(
    own: Terms, sources: list[Terms], question: dict[str, object]
) -> None:
    made, at = replace(own, inherited=policy.meet(own, sources)), question.pop("at")
    assert isinstance(at, datetime)
    soon = at + timedelta(microseconds=1)
    assert (
        cleared.is_throughout(made, first=at, until=soon, **question)  # type: ignore[arg-type]
        == policy.decide(made, at=at, **question).allowed  # type: ignore[arg-type]
    )


@given(
    own=every_terms,
    sources=st.lists(every_terms, max_size=2),
    models=st.lists(generators, min_size=1, max_size=3),
    question=asked,
)
def test_a_model_takes_away_and_gives_nothing(
    own: Terms, sources: list[Terms], models: list[Generator], question: dict[str, object]
) -> None:
    without = replace(own, inherited=policy.meet(own, sources))
    made = replace(own, inherited=policy.meet(own, sources, models))
    named = [Source(f"model {number}", None, made_with=each) for number, each in enumerate(models)]
    verdict = policy.decide(made, **question, sources=named)  # type: ignore[arg-type]
    if any(each.stops for each in models):
        assert not verdict.allowed
    if verdict.allowed:
        assert policy.decide(without, **question).allowed  # type: ignore[arg-type]
        territory = question["territory"]
        assert all(
            each.places is None or territory is None or territories.covers(each.places, str(territory))
            for each in models
        )
    assert policy.decide(made, **question).allowed == verdict.allowed  # type: ignore[arg-type]


@given(clearances=st.lists(places, max_size=4), territory=st.sampled_from(["EU", "DE", "US", "worldwide"]))
def test_what_all_of_them_cover_is_covered_and_nothing_else(
    clearances: list[list[str]], territory: str
) -> None:
    together = territories.covers(territories.meet(clearances), territory)
    assert together == all(territories.covers(each, territory) for each in clearances)


def test_the_eu_and_some_of_its_countries_leave_these() -> None:
    assert territories.meet([["EU", "US"], ["DE", "US", "FR"], ["worldwide"]]) == ("DE", "FR", "US")
    assert territories.folded(territories.meet([["EU", "US"], ["worldwide"]])) == ("EU", "US")


def test_a_raw_take_that_nobody_decided_on_narrows_nothing() -> None:
    assert policy.meet(OWN, [TAKE]) == Inherited()
    assert policy.decide(replace(OWN, inherited=policy.meet(OWN, [TAKE])), at=NOW).allowed


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (replace(OWN, trashed=True), "It's made from “Bottle”, which is in the trash."),
        (replace(TAKE, approval="rejected"), "It's made from “Bottle”, which a reviewer rejected."),
        (replace(OWN, approval="withdrawn"), "It's made from “Bottle”, whose approval was withdrawn."),
        (replace(OWN, approval="in_review"), "It's made from “Bottle”, whose approval was withdrawn."),
        (
            replace(TAKE, credentials="altered"),
            "It's made from “Bottle”, whose Content Credentials are invalid.",
        ),
        (
            replace(TAKE, embargo_until=NOW + DAY),
            "It's made from “Bottle”, which is under embargo until 23 November 2026.",
        ),
        (
            replace(TAKE, valid_until=NOW),
            "It's made from “Bottle”, whose clearance ended on 22 November 2026.",
        ),
        (
            replace(TAKE, consents_until=NOW),
            "It's made from “Bottle”, which needs a consent that ended on 22 November 2026.",
        ),
        (replace(OWN, uses=("social",)), "It's made from “Bottle”, which isn't cleared for web."),
        (replace(OWN, territories=("US",)), "It's made from “Bottle”, which isn't cleared for Germany."),
        (None, "It's made from a clip that was deleted."),
    ],
)
def test_what_it_was_made_from_stops_it_and_is_named(source: Terms | None, reason: str) -> None:
    made = replace(OWN, inherited=policy.meet(OWN, [source]))
    ask: Callable[..., policy.Verdict] = policy.decide
    assert ask(made, use=Use.WEB, territory="DE", at=NOW, sources=[Source("“Bottle”", source)]).reasons == (
        reason,
    )
    nameless = ask(made, use=Use.WEB, territory="DE", at=NOW)
    assert not nameless.allowed
    assert "Bottle" not in " ".join(nameless.reasons)


def test_no_use_or_no_country_left_is_a_reason_without_any_asked_for() -> None:
    other = replace(OWN, uses=("broadcast",), territories=("US",))
    reasons = policy.decide(replace(OWN, inherited=policy.meet(OWN, [other])), at=NOW).reasons
    assert reasons == (
        "There's no use for which all that it's made from is cleared.",
        "There's no country for which all that it's made from is cleared.",
    )


def test_a_clearance_of_a_source_ends_to_the_microsecond() -> None:
    made = replace(OWN, inherited=policy.meet(OWN, [replace(OWN, valid_until=NOW)]))
    assert policy.decide(made, at=NOW - timedelta(microseconds=1)).allowed
    assert not policy.decide(made, at=NOW).allowed


def test_what_is_left_is_said_as_people_granted_it() -> None:
    source = replace(OWN, uses=("web",), territories=("DE", "US"), valid_until=NOW + DAY)
    left = policy.left(replace(OWN, inherited=policy.meet(OWN, [source])))
    assert (left.uses, left.territories, left.valid_until) == (("web",), ("DE",), NOW + DAY)
    assert policy.left(OWN) == OWN


def _with_dates(own: Terms, source: Terms) -> Terms:
    return replace(
        own,
        embargo_until=source.embargo_until,
        valid_until=source.valid_until,
        consents_until=source.consents_until,
    )
