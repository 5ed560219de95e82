"""What is typed into the search box, and what it is taken to mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.search import fields, query
from dam.search.query import ChipKind, Filters, Query, Term


def parse(typed: str) -> Query:
    return query.parse(typed, fields=fields.FIELDS)


def test_words_and_phrases_keep_their_order_for_the_encoder() -> None:
    parsed = parse('red "summer sale" bottle')
    assert parsed.words == ("red", "bottle")
    assert parsed.phrases == ("summer sale",)
    assert parsed.spoken == "red summer sale bottle"


def test_fields_become_filters() -> None:
    parsed = parse("tag:drinks state:approved origin:generated credentials:trusted by:ada")
    assert parsed.filters == Filters(
        state=("approved",),
        origin=("generated",),
        credentials=("trusted",),
        tag=("drinks",),
        by=("ada",),
    )
    assert not parsed.has_words


@pytest.mark.parametrize(
    ("typed", "meant"), [("review", "in_review"), ("In-Review", "in_review"), ("DRAFT", "draft")]
)
def test_a_state_may_be_said_in_several_ways(typed: str, meant: str) -> None:
    assert parse(f"state:{typed}").filters["state"] == (meant,)


def test_a_field_takes_several_words_in_quotes() -> None:
    assert parse('tag:"cold drinks"').filters["tag"] == ("cold drinks",)


def test_a_minus_rules_words_phrases_and_tags_out() -> None:
    parsed = parse('bottle -red -"on a table" -tag:old')
    assert parsed.excluded == (Term("red"), Term("on a table", quoted=True))
    assert parsed.filters["-tag"] == ("old",)
    assert parsed.spoken == "bottle"


def test_an_unknown_value_is_reported_with_the_choices() -> None:
    parsed = parse("state:finished")
    assert not parsed
    assert "“state:finished” isn't a known filter. Use one of: draft" in parsed.problems[0]


def test_a_field_with_nothing_behind_it_is_reported() -> None:
    assert parse('tag:""').problems == ("Add a value after “tag:”. It takes a tag.",)


def test_a_colon_in_a_word_is_no_field() -> None:
    assert parse("16:9 foo:bar").words == ("16:9", "foo:bar")
    parsed = parse("16:9 12:30 https://example.com urn:c2pa:1 re: budget")
    assert not parsed.problems
    assert not parsed.hints


@pytest.mark.parametrize("typed", ["title:x", 'title:"red bottle"', "brand:x bottle", "foo:bar"])
def test_what_looks_like_a_field_and_is_none_is_said(typed: str) -> None:
    name = typed.split(":")[0]
    parsed = parse(typed)
    (hint,) = parsed.hints
    assert not parsed.problems
    assert hint.startswith(f"There is no filter “{name}:”, so it was searched for as text.")
    assert "tag:" in hint


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("color:red", Filters(colour=["red"])),
        ("date:week", Filters(created=["week"])),
        ("Tags:drinks", Filters(tag=["drinks"])),
        ("ｔａｇ：drinks", Filters(tag=["drinks"])),
        ("language:german", Filters(language=["de"])),
        ("lang:DE", Filters(language=["de"])),
        ("language:français", Filters(language=["fr"])),
    ],
)
def test_fields_and_values_have_other_names(typed: str, meant: Filters) -> None:
    parsed = parse(typed)
    assert (parsed.filters, parsed.problems) == (meant, ())


def test_a_language_that_there_is_not_is_reported() -> None:
    assert "Use a language or its short name" in parse("language:klingon").problems[0]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("favourite:ja", Filters(favourite=["yes"])),
        ("sound:oui sound:non", Filters(sound=["yes", "no"])),
        ("created:heute", Filters(created=["today"])),
        ("created:semaine", Filters(created=["week"])),
        ("rights_end:keine", Filters(rights_end=["none"])),
    ],
)
def test_small_values_are_typed_in_any_language_of_the_product(typed: str, meant: Filters) -> None:
    assert parse(typed).filters == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("size:1,5GB", Filters(size=["1.5gb"])),
        ("width:1080,1920px", Filters(width=["1080", "1920px"])),
        ("size:>1,5GB", Filters(size=[">1.5gb"])),
        ("duration:1,5s", Filters(duration=["1.5s"])),
        ("duration:1,5-2,5s", Filters(duration=["1.5s..2.5s"])),
        ("duration:..2,5", Filters(duration=["..2.5s"])),
        ("fps:23,976", Filters(fps=["23.976"])),
        ("fps:25,30", Filters(fps=["25", "30"])),
        ("duration:5s,10s", Filters(duration=["5s", "10s"])),
    ],
)
def test_a_decimal_comma_parts_no_values(typed: str, meant: Filters) -> None:
    parsed = parse(typed)
    found = parsed.filters if parsed.filters else parsed.either[0]
    assert (found, parsed.problems) == (meant, ())


@pytest.mark.parametrize(
    "typed", ["tag:cafe\u0301", "collection:cafe\u0301", "by:cafe\u0301", "filename:cafe\u0301"]
)
def test_letters_are_read_in_one_way(typed: str) -> None:
    assert list(parse(typed).filters.values()) == [("caf\u00e9",)]


def test_each_chip_knows_the_search_without_it() -> None:
    chips = parse("red tag:drinks -old").chips
    assert [(chip.kind, chip.field, chip.text, chip.without) for chip in chips] == [
        (ChipKind.WORD, "", "red", "tag:drinks -old"),
        (ChipKind.FIELD, "tag", "drinks", "red -old"),
        (ChipKind.EXCLUDED, "", "not old", "red tag:drinks"),
    ]


def test_a_quote_left_open_reaches_to_the_end() -> None:
    assert parse('old "red bottle').phrases == ("red bottle",)
    assert parse('-"red bottle').excluded == (Term("red bottle", quoted=True),)
    assert parse('red "').words == ("red",)


def test_a_search_that_is_too_long_is_cut_between_words() -> None:
    parsed = parse(f"{'bottle ' * 3}{'x' * 270} state:approved")
    assert (len(parsed.words), parsed.filters) == (4, Filters())
    (problem,) = parsed.problems
    assert problem.startswith("Only the first 4 words were used")


def test_one_long_run_is_cut_and_said_to_be() -> None:
    assert parse("x" * 400).problems == ("Only the first 300 characters were used: a search has no more.",)


def test_the_same_filter_twice_counts_once() -> None:
    assert parse("tag:a tag:a").filters["tag"] == ("a",)


def test_a_very_long_search_is_cut() -> None:
    assert len(parse("word " * 1000).words) == query.MAX_TOKENS


def test_a_chip_speaks_as_its_field_says() -> None:
    chips = parse("by:ada -tag:old state:in_review").chips
    assert [(chip.text, chip.icon) for chip in chips] == [
        ("by ada", "user"),
        ("not tagged old", "tag"),
        ("in review", ""),
    ]


def test_a_minus_stands_before_any_field() -> None:
    assert parse("-state:draft,approved").filters == Filters({"-state": ("draft", "approved")})


def test_a_word_in_quotes_is_a_phrase() -> None:
    assert parse('"can"').terms == ((Term("can", quoted=True),),)


def test_or_joins_its_neighbours_and_is_one_chip() -> None:
    parsed = parse('red cat OR "big dog" OR cow')
    assert parsed.terms == ((Term("red"),), (Term("cat"), Term("big dog", quoted=True), Term("cow")))
    assert [(chip.text, chip.without) for chip in parsed.chips] == [
        ("red", 'cat OR "big dog" OR cow'),
        ("cat or “big dog” or cow", "red"),
    ]


@pytest.mark.parametrize("typed", ["red OR", "OR red", "red OR OR", "| red |"])
def test_an_or_without_a_neighbour_is_passed_over(typed: str) -> None:
    assert parse(typed).terms == ((Term("red"),),)


def test_small_or_is_a_word() -> None:
    assert parse("sink or swim").words == ("sink", "or", "swim")


def test_or_joins_values_of_several_fields() -> None:
    assert parse("tag:a OR state:draft").either == (Filters(tag=["a"], state=["draft"]),)


def test_several_values_behind_one_colon_are_alternatives() -> None:
    assert parse("state:approved,draft").filters == Filters(state=["approved", "draft"])
    assert parse('tag:a,"b c"').either == (Filters(tag=["a", "b c"]),)


@pytest.mark.parametrize("typed", ["red OR tag:a", "red OR -blue"])
def test_what_or_cannot_join_is_required_and_said(typed: str) -> None:
    parsed = parse(typed)
    assert len(parsed.chips) == 2
    assert "OR" in parsed.problems[0]


@pytest.mark.parametrize(
    "typed",
    [
        "„kalt“ tag：«b c» −alt",
        "“kalt” TAG:„b c“ –alt",
        '"kalt" tag:"b c" -alt',
        "「kalt」 tag:＂b c＂ －alt",
    ],
)
def test_signs_are_read_as_keyboards_of_the_world_have_them(typed: str) -> None:
    parsed = parse(typed)
    assert parsed.terms == ((Term("kalt", quoted=True),),)
    assert (parsed.filters, parsed.excluded) == (Filters(tag=["b c"]), (Term("alt"),))


def test_every_script_is_excluded_and_quoted() -> None:
    parsed = parse('冷たい「飲み物」 －犬 -"บน โต๊ะ" сок')
    assert parsed.words == ("冷たい", "сок")
    assert parsed.phrases == ("飲み物",)
    assert parsed.excluded == (Term("犬"), Term("บน โต๊ะ", quoted=True))


def test_a_sign_within_a_word_stays_as_it_was_typed() -> None:
    assert parse("12：30 x，y").words == ("12：30", "x，y")


def test_ranges_and_dates_are_kept_in_one_way_to_write_them() -> None:
    parsed = parse("duration:5-15 width:≥1920 created:2026-1..2026-03 size:>1.5GB duration:1:30")
    assert parsed.filters == Filters(
        duration=["5s..15s", "1:30"], width=[">=1920"], created=["2026-01..2026-03"], size=[">1.5gb"]
    )
    assert [chip.text for chip in parsed.chips] == [
        "5 s to 15 s",
        "width from 1920",
        "added January 2026 to March 2026",
        "over 1.5 GB",
        "1:30",
    ]


@pytest.mark.parametrize(
    "typed", ["duration:long", "created:2026-13", "width:-", "size:>", "created:..", "duration:5-x"]
)
def test_an_unusable_value_is_reported_and_finds_nothing(typed: str) -> None:
    parsed = parse(typed)
    assert parsed.unusable
    assert "Use a" in parsed.problems[0] or "Use pixels" in parsed.problems[0]


@pytest.mark.parametrize(
    "typed", ["*", "-", '"', "“”", "()[]{}", "%", "\\", "🍾", "OR", "|", "- -", "state:", "::"]
)
def test_a_search_for_nothing_says_so_and_does_not_show_everything(typed: str) -> None:
    parsed = parse(typed)
    assert parsed.unusable
    assert not parsed
    assert parsed.problems


def test_an_empty_box_is_no_search() -> None:
    assert not parse("  ").unusable
    assert not parse("").problems


@pytest.mark.parametrize("typed", ["tag:\0", 'tag:"\0"', "by:\0", "state:\0"])
def test_a_nul_alone_is_no_value(typed: str) -> None:
    assert not parse(typed).filters


def test_a_nul_parts_words_like_a_space() -> None:
    parsed = parse("red\0bottle tag:cold\0drinks")
    assert (parsed.words, parsed.filters["tag"]) == (("red", "bottle", "drinks"), ("cold",))


SIGNS = st.text(alphabet='ab1 "„“«»:：-−,OR|.<>=tagsedurion', max_size=60)
WRITTEN = st.sampled_from(
    [
        *("red", "-old", '"big dog"', '-"on a table"', "cat OR dog", "tag:a OR by:ada", "state:finished"),
        *("tag:a", 'tag:"b c",d', "-state:draft", "created:week", "duration:5-15", "width:>=1920", "size:"),
    ]
)


@given(st.text(max_size=80) | SIGNS)
def test_whatever_is_typed_is_read_and_written_in_one_way(typed: str) -> None:
    parsed = parse(typed)
    again = parse(query.to_text(parsed))
    assert query.to_text(again) == query.to_text(parsed)
    assert (again.terms, again.excluded) == (parsed.terms, parsed.excluded)
    assert (again.filters, again.either) == (parsed.filters, parsed.either)


@given(st.text(max_size=80) | SIGNS)
def test_whatever_is_typed_every_chip_can_be_taken_out(typed: str) -> None:
    for chip in parse(typed).chips:
        assert len(parse(chip.without).chips) < len(parse(typed).chips)


@given(st.text(max_size=80) | SIGNS)
def test_whatever_is_typed_either_narrows_or_says_that_it_does_not(typed: str) -> None:
    parsed = parse(typed)
    assert bool(parsed) != parsed.unusable or not query.tidy(typed)
    assert parsed.problems or not parsed.unusable


@given(st.lists(WRITTEN, max_size=6))
def test_a_chip_taken_out_leaves_the_others_as_they_were(typed: list[str]) -> None:
    chips = parse(" ".join(typed)).chips
    for place, chip in enumerate(chips):
        left = parse(chip.without).chips
        assert [each.text for each in left] == [each.text for at, each in enumerate(chips) if at != place]


@pytest.mark.parametrize("typed", ["word " * 30, "x" * 400])
def test_a_search_that_is_too_long_says_what_was_used(typed: str) -> None:
    (problem,) = query.parse(typed, fields=fields.FIELDS).problems
    assert problem.startswith("Only the first")
