"""Every rule of disclosure, cell by cell; and that nothing makes a file free that the rules bind."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.rights import disclosure, policy, territories
from dam.rights.countries import NAMES
from dam.rights.disclosure import BY_KEY, RULES, Disclosed
from dam.rights.policy import Terms, Use

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
REAL = Disclosed(looks_real=True, artistic=False, performer=False)
ARTISTIC = replace(REAL, artistic=True)
CARTOON = Disclosed(looks_real=False, artistic=True, performer=False)
PERFORMER = Disclosed(looks_real=False, artistic=False, performer=True)
WORLD = ("worldwide",)
EVERY = tuple(Use)


def labels(
    disclosed: Disclosed, *, use: str | None = None, territory: str | None = None, **given: object
) -> set[str]:
    given = {"uses": EVERY, "places": WORLD, "at": NOW, **given}
    needed = disclosure.needed(disclosed, use=use, territory=territory, **given)  # type: ignore[arg-type]
    return {each.label.key for each in needed if each.label}


@pytest.mark.parametrize(
    ("territory", "disclosed", "use", "wanted"),
    [
        ("DE", REAL, "web", {"eu"}),
        ("EU", REAL, "web", {"eu"}),
        ("DE", ARTISTIC, "web", {"eu_brief"}),
        ("DE", CARTOON, "web", set()),
        ("DE", PERFORMER, "paid_advertising", set()),
        ("CN", CARTOON, "web", {"china"}),
        ("CN", REAL, "social", {"china"}),
        ("IN", REAL, "web", {"india"}),
        ("IN", CARTOON, "web", set()),
        ("KR", REAL, "web", {"korea"}),
        ("KR", CARTOON, "web", set()),
        ("US", REAL, "web", set()),
        ("US", PERFORMER, "web", set()),
        ("US", PERFORMER, "social", set()),
        ("US", PERFORMER, "paid_advertising", {"new_york"}),
        ("US", PERFORMER, "broadcast", {"new_york"}),
        ("US", PERFORMER, "out_of_home", {"new_york"}),
        ("CH", REAL, "web", set()),
        ("GB", REAL, "broadcast", set()),
    ],
)  # fmt: skip
def test_each_rule(territory: str, disclosed: Disclosed, use: str, wanted: set[str]) -> None:
    assert labels(disclosed, use=use, territory=territory) == wanted


@pytest.mark.parametrize("territory", [None, "worldwide", "EU", "CN", "US"])
def test_internal_use_needs_none(territory: str | None) -> None:
    assert labels(REAL, use="internal", territory=territory) == set()
    assert labels(REAL, uses=("internal",), territory=territory) == set()


def test_without_an_answer_nothing_is_asked_for() -> None:
    assert disclosure.needed(None, uses=EVERY, places=WORLD, at=NOW) == ()


@pytest.mark.parametrize(
    ("places", "wanted"),
    [
        (("worldwide",), {"eu", "china", "india", "korea"}),
        (("EU",), {"eu"}),
        (("FR", "IN"), {"eu", "india"}),
        (("CH",), set()),
    ],
)
@pytest.mark.parametrize("territory", [None, "worldwide"])
def test_no_territory_is_the_strictest_of_all_it_is_cleared_for(
    territory: str | None, places: tuple[str, ...], wanted: set[str]
) -> None:
    assert labels(REAL, territory=territory, places=places) == wanted


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_a_rule_binds_from_its_first_day(rule: disclosure.Rule) -> None:
    everything = Disclosed(looks_real=True, artistic=False, performer=True)
    first = datetime(rule.since.year, rule.since.month, rule.since.day, tzinfo=UTC)
    for at, there in ((first, True), (first.replace(year=rule.since.year - 1), False)):
        needed = disclosure.needed(everything, uses=EVERY, places=WORLD, territory=rule.place, at=at)
        assert any(each.rule is rule for each in needed) is there


def test_each_rule_says_what_it_is() -> None:
    assert len(BY_KEY) == len(RULES)
    for rule in RULES:
        assert rule.law
        assert rule.asks
        assert rule.marks
        assert rule.source.startswith("https://")
        assert rule.since <= date(2026, 12, 31)
        assert all(place in NAMES for place in rule.places)
        assert territories.known(rule.place)


def test_the_labels_are_as_large_and_long_as_their_laws_say() -> None:
    china = BY_KEY["china"].label
    assert china is not None
    assert china.height >= 50
    assert china.until_ms is None or china.until_ms >= 2_000
    assert "AI" in china.said("zh")
    assert "生成" in china.said("zh")


@pytest.mark.parametrize(
    ("territory", "words"),
    [("DE", "KI-generiert"), ("AT", "KI-generiert"), ("FR", "Généré par IA"), ("SE", "AI-generated"),
     ("EU", "AI-generated"), (None, "AI-generated"), ("worldwide", "AI-generated")],
)  # fmt: skip
def test_a_label_is_in_the_language_of_the_country(territory: str | None, words: str) -> None:
    rule = BY_KEY["eu"]
    assert rule.label is not None
    assert rule.label.said(disclosure.language_of(territory, rule)) == words


def terms(disclosed: Disclosed | None = REAL) -> Terms:
    return Terms("approved", "trusted", uses=EVERY, territories=WORLD, disclosed=disclosed)


def test_a_file_without_its_label_is_refused_in_words() -> None:
    verdict = policy.decide(terms(), use=Use.WEB, territory="CN", at=NOW, labels=())
    said = "For use in China this clip must carry the label “AI生成”: choose the labelled file."
    assert verdict.reasons == (said,)
    verdict = policy.decide(terms(), use=Use.WEB, territory="DE", at=NOW, labels=("china",))
    assert verdict.reasons == (
        "For use in Germany this clip must carry the label “KI-generiert”: choose the labelled file.",
    )


def test_a_file_with_its_label_leaves() -> None:
    assert policy.decide(terms(), use=Use.WEB, territory="CN", at=NOW, labels=("china",)).allowed
    assert policy.decide(terms(ARTISTIC), use=Use.WEB, territory="DE", at=NOW, labels=("eu",)).allowed
    assert not policy.decide(terms(REAL), use=Use.WEB, territory="DE", at=NOW, labels=("eu_brief",)).allowed


def test_what_was_approved_before_anybody_was_asked_goes_on_as_before() -> None:
    assert policy.decide(terms(None), use=Use.WEB, territory="CN", at=NOW, labels=()).allowed


def test_the_question_whether_anything_may_leave_is_not_about_a_file() -> None:
    assert policy.decide(terms(), at=NOW).allowed


def test_a_waiver_ends_one_rule_alone() -> None:
    waived = replace(REAL, waived=frozenset({"china"}))
    assert labels(waived) == {"eu", "india", "korea"}
    needed = disclosure.needed(waived, uses=EVERY, places=WORLD, territory="CN", at=NOW)
    assert [each.waived for each in needed] == [True]


places = st.one_of(
    st.none(),
    st.just("worldwide"),
    st.just("EU"),
    st.sampled_from(sorted(NAMES)),
    st.sampled_from(["DE", "CN", "IN", "KR", "US"]),
)
facts = st.builds(
    Disclosed, looks_real=st.booleans(), artistic=st.booleans(), performer=st.booleans(),
    waived=st.frozensets(st.sampled_from(sorted(BY_KEY))),
)  # fmt: skip
keys = sorted({label.key for rule in RULES for label in (rule.label, rule.lighter) if label})
carried = st.frozensets(st.sampled_from(keys))
uses = st.one_of(st.none(), st.sampled_from(list(Use)))
cleared = st.lists(places.filter(lambda place: place is not None), unique=True).map(tuple)


@given(facts, uses, places, cleared, carried)
def test_asking_about_a_file_never_allows_more(
    disclosed: Disclosed,
    use: Use | None,
    territory: str | None,
    where: tuple[str, ...],
    shown: frozenset[str],
) -> None:
    known = replace(terms(disclosed), territories=where)
    asked = policy.decide(known, use=use, territory=territory, at=NOW, labels=shown)
    assert not asked.allowed or policy.decide(known, use=use, territory=territory, at=NOW).allowed
    if asked.allowed:  # and more labels never make it worse
        more = policy.decide(known, use=use, territory=territory, at=NOW, labels=keys)
        assert more.allowed


@given(facts, uses, places, carried)
def test_a_file_for_no_place_in_particular_is_good_for_every_one(
    disclosed: Disclosed, use: Use | None, territory: str | None, shown: frozenset[str]
) -> None:
    known = terms(disclosed)
    if policy.decide(known, at=NOW, labels=shown).allowed:
        assert policy.decide(known, use=use, territory=territory, at=NOW, labels=shown).allowed


@given(facts, uses, places, carried)
def test_more_that_is_answered_with_yes_asks_for_no_less(
    disclosed: Disclosed, use: Use | None, territory: str | None, shown: frozenset[str]
) -> None:
    known = terms(disclosed)
    for worse in (
        replace(disclosed, looks_real=True), replace(disclosed, performer=True),
        replace(disclosed, artistic=False), replace(disclosed, waived=frozenset()),
    ):  # fmt: skip
        if policy.decide(terms(worse), use=use, territory=territory, at=NOW, labels=shown).allowed:
            assert policy.decide(known, use=use, territory=territory, at=NOW, labels=shown).allowed


@given(facts, places)
def test_what_is_needed_is_what_makes_it_fine(disclosed: Disclosed, territory: str | None) -> None:
    needed = disclosure.needed(disclosed, uses=EVERY, places=WORLD, territory=territory, at=NOW)
    shown = [label.key for label in disclosure.labels(needed)]
    assert not disclosure.missing(needed, shown)
