"""A brand's own fields in the search: typed, filtered, counted and found by their words."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member, Principal
from dam.catalog.models import Approval, Asset, Version
from dam.custom_fields import fields as own
from dam.custom_fields import values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField, StaleWords
from dam.custom_fields.planning import OptionWish, Wish
from dam.search import building, completion, facets, fields, fulltext, names, own_fields, search
from dam.search.query import Filters
from dam.search.saved import recent, saved_searches
from dam.search.saved.asked import Asked
from dam.search.search_field import OwnField
from dam.web import listing
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian() -> Member:
    return member(BrandFactory.create(), Role.LIBRARIAN)


def a_field(by: Member, kind: Kind, title: str, **more: Any) -> CustomField:
    return own.make(Wish(title, **more), kind=kind, by=by)


def clip(by: Member, title: str = "Clip", **typed: Any) -> Asset:
    made: Asset = VersionFactory.create(
        asset__brand=by.brand, asset__created_by=by.user, asset__title=title
    ).asset
    if typed:
        values.set_values(made, typed, by=by)
    fulltext.refresh(made)
    return made


def found(by: Member, words: str = "", **filters: list[str]) -> set[str]:
    parsed = search.parse(words, by=by)
    assert not parsed.problems
    return {asset.title for asset in search.among(by, parsed=parsed, filters=Filters(filters))}


@pytest.fixture
def seasons(librarian: Member) -> CustomField:
    row = a_field(
        librarian, Kind.MULTI_CHOICE, "Season", options=(OptionWish("High summer"), OptionWish("Winter"))
    )
    clip(librarian, "both", season=["high_summer", "winter"])
    clip(librarian, "cold", season="winter")
    clip(librarian, "none")
    return row


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("season:winter", {"both", "cold"}),
        ('season:"High summer"', {"both"}),
        ("season:high_summer,winter", {"both", "cold"}),
        ("-season:winter", {"none"}),
        ("season:winter -season:high_summer", {"cold"}),
        ("season:winter OR origin:generated", {"both", "cold"}),
    ],
)
def test_options_are_typed_by_key_and_by_label(
    librarian: Member, seasons: CustomField, words: str, titles: set[str]
) -> None:
    assert found(librarian, words) == titles


def test_each_kind_is_searched_for_in_its_way(librarian: Member) -> None:
    for kind, title in (
        (Kind.TEXT, "Agency"),
        (Kind.NUMBER, "Budget"),
        (Kind.DATE, "Shooting"),
        (Kind.LINK, "Ticket"),
        (Kind.YES_NO, "Children"),
        (Kind.PERSON, "Producer"),
    ):
        a_field(librarian, kind, title)
    producer = member(librarian.brand, name="Ada Lovelace").user
    clip(
        librarian,
        "one",
        agency="Studio North",
        budget="12.5",
        shooting="2027-05-03",
        ticket="https://example.com/t/12",
        children="no",
        producer=producer.email,
    )
    clip(librarian, "two", agency="100% South", budget="-3", shooting="2028-01-01", children="yes")
    for words, titles in {
        "agency:north": {"one"},
        'agency:"100% s"': {"two"},
        "agency:%": {"two"},
        "budget:12.5": {"one"},
        "budget:<0": {"two"},
        "budget:10..20": {"one"},
        "shooting:2027-05": {"one"},
        "shooting:>2027-12-31": {"two"},
        "ticket:t/12": {"one"},
        "children:yes": {"two"},
        "children:no": {"one"},
        "producer:lovelace": {"one"},
        f"producer:{producer.email[:8]}": {"one"},
    }.items():
        assert found(librarian, words) == titles, words


def test_an_option_alone_is_asked_for_as_it_is_of_one_field(librarian: Member, seasons: CustomField) -> None:
    """By both the planner would think of far fewer clips, and take a long way."""
    field = fields.known(librarian.brand)["season"]
    asked = str(own_fields.having(field, ["winter"], at=timezone.now()).query)
    assert "option_id" in asked
    assert "field_id" not in asked


def test_an_unknown_option_is_told(librarian: Member, seasons: CustomField) -> None:
    (problem,) = search.parse("season:autumn", by=librarian).problems
    assert "season:autumn" in problem


def test_the_field_of_one_brand_is_a_word_in_another(librarian: Member, seasons: CustomField) -> None:
    stranger = member(BrandFactory.create(), Role.LIBRARIAN)
    parsed = search.parse("season:winter", by=stranger)
    assert not parsed.filters
    assert parsed.has_words


def test_the_words_of_fields_find_the_clip(librarian: Member, seasons: CustomField) -> None:
    results = search.find(librarian, words="winter", ask=lambda *_: None)
    assert {hit.asset.title for hit in results.hits} == {"both", "cold"}
    assert any(passage.part == "field" for hit in results.hits for passage in hit.passages)


def test_filters_count_the_options_that_occur(librarian: Member, seasons: CustomField) -> None:
    counted = {facet.name: facet for facet in facets.count(librarian)}
    assert [(each.label, each.count) for each in counted["season"].values] == [
        ("High summer", 1),
        ("Winter", 2),
    ]
    chosen = facets.count(librarian, filters=Filters(season=["high_summer"]))
    (season,) = [facet for facet in chosen if facet.name == "season"]
    assert [(each.count, each.chosen) for each in season.values] == [(1, True), (2, False)]


def test_all_own_fields_are_counted_in_one_query(librarian: Member, seasons: CustomField) -> None:
    facets.count(librarian)
    with CaptureQueriesContext(connection) as before:
        facets.count(librarian)
    for number in range(5):
        a_field(librarian, Kind.YES_NO, f"Question {number}")
    facets.count(librarian)
    with CaptureQueriesContext(connection) as after:
        facets.count(librarian)
    assert len(after) == len(before)


def test_a_field_that_isnt_for_filters_is_typed_and_not_listed(librarian: Member) -> None:
    a_field(librarian, Kind.YES_NO, "Children", in_filters=False)
    clip(librarian, "one", children="yes")
    assert "children" not in {facet.name for facet in facets.count(librarian)}
    assert found(librarian, "children:yes") == {"one"}


def test_what_is_retired_is_still_found_and_no_longer_offered(
    librarian: Member, seasons: CustomField
) -> None:
    own.retire(seasons, by=librarian)
    assert found(librarian, season=["winter"]) == {"both", "cold"}
    assert "season" not in {facet.name for facet in facets.count(librarian)}
    assert not completion.complete("seas", principal=librarian)


def test_a_retired_fields_options_are_not_offered(librarian: Member, seasons: CustomField) -> None:
    own.retire(seasons, by=librarian)
    assert not completion.complete("season:", principal=librarian)


def test_a_key_finds_its_option_when_another_is_called_like_it(
    librarian: Member, seasons: CustomField
) -> None:
    swapped = (OptionWish("Winter", "high_summer"), OptionWish("High summer", "winter"))
    own.edit(seasons, Wish("Season", options=swapped), by=librarian)
    assert found(librarian, season=["winter"]) == {"both", "cold"}
    assert found(librarian, season=["high_summer"]) == {"both"}


def test_names_and_options_are_offered_while_somebody_types(librarian: Member, seasons: CustomField) -> None:
    assert [each.text for each in completion.complete("seas", principal=librarian)] == ["season:"]
    assert [each.text for each in completion.complete("season:hi", principal=librarian)] == [
        "season:high_summer"
    ]


def test_an_address_narrows_and_its_chips_take_it_out(librarian: Member, seasons: CustomField) -> None:
    wanted = listing.read(QueryDict("season=winter&q=snow"), brand=librarian.brand)
    assert wanted.filters == Filters(season=["winter"])
    (chip,) = wanted.chips
    assert (chip.text, chip.address) == ("Season: Winter", "?q=snow")
    assert wanted.address() == "?q=snow&season=winter"


def test_a_title_with_braces_breaks_no_chip(librarian: Member) -> None:
    a_field(librarian, Kind.TEXT, "A {0} {b} field", help="")
    field = fields.of(librarian)["a_0_b_field"]
    assert field.chip_text("x") == "A {0} {b} field: x"


def test_the_library_shows_them_beside_the_clips(
    librarian: Member, client: Client, seasons: CustomField
) -> None:
    client.force_login(librarian.user)
    page = client.get(reverse("library", args=[librarian.brand.slug]), {"season": "winter"}).content.decode()
    assert 'data-facet="season"' in page
    assert "Season: Winter" in page
    help_page = client.get(reverse("search-help", args=[librarian.brand.slug])).content.decode()
    assert "season:" in help_page


def test_a_saved_search_keeps_them_and_says_them(librarian: Member, seasons: CustomField) -> None:
    saved = saved_searches.save(Asked(filters=Filters(season=["winter"])), name="Cold", by=librarian)
    assert saved_searches.is_usable(saved, brand=librarian.brand)
    known = fields.told([saved], by=librarian)
    assert saved_searches.question(saved, known=known).narrowed_by == "Season: Winter"
    assert not saved_searches.is_usable(saved, brand=BrandFactory.create())


@pytest.fixture
def viewer(librarian: Member, seasons: CustomField) -> Member:
    """One who sees released clips alone: one of two, and that of winter."""
    Version.objects.update(approval=Approval.APPROVED)
    shown = Asset.objects.get(title="cold")
    Asset.objects.filter(pk=shown.pk).update(released=shown.latest_id)
    return member(librarian.brand, Role.VIEWER)


@pytest.mark.parametrize("newest", [1_000, 0])
def test_viewers_are_offered_what_clips_that_they_see_have(
    librarian: Member, viewer: Member, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    monkeypatch.setattr(names, "NEWEST", newest)
    for typed, all_of_them, seen in (
        ("season:", {"season:high_summer", "season:winter"}, {"season:winter"}),
        ("-season:high", {"-season:high_summer"}, set()),
    ):
        for person, offered in ((librarian, all_of_them), (viewer, seen)):
            assert {each.text for each in completion.complete(typed, principal=person)} == offered


def test_viewers_read_of_no_option_that_they_dont_see(viewer: Member) -> None:
    told = [each.label for each in completion.complete("seas", principal=viewer)]
    told += [each.label for facet in facets.count(viewer) for each in facet.values]
    told += search.parse("season:autumn", by=viewer).problems
    told += search.parse("season:", by=viewer).problems
    client = Client()
    assert viewer.user is not None
    client.force_login(viewer.user)
    brand = viewer.brand.slug
    for page in (reverse("search-help", args=[brand]), reverse("library", args=[brand]) + "?season=autumn"):
        told.append(client.get(page).content.decode())
    assert "season" in told[0]
    assert not [text for text in told if "high" in text.lower() and "summer" in text.lower()]


def read_of(person: Member, typed: str, guess: str) -> list[str]:
    """What somebody reads who guesses an option in the box, in an address and among recent searches."""
    client, brand = Client(), person.brand.slug
    assert person.user is not None
    client.force_login(person.user)
    read: list[object] = []
    asked: list[dict[str, Any]] = [
        {"q": f"season:{typed}"},
        {"q": f"-season:{typed},winter"},
        {"season": [guess, "winter"]},
    ]
    for address in asked:
        page = client.get(reverse("library", args=[brand]), address)
        understood, shown = page.context["understood"], page.context["listing"]
        read += [*understood.chips, *understood.problems, *shown.query.chips, *shown.query.problems]
        read += [shown.total, *page.context["facets"]]
    recent.keep(Asked(filters=Filters(season=[guess])), by=person)
    lately = client.get(reverse("saved-searches", args=[brand])).context["recent"]
    read += [said for _row, said, _address in lately]
    recent.forget(person)
    return [repr(each).replace(typed, "…").replace(guess, "…") for each in read]


@pytest.mark.parametrize("typed", ["high_summer", "high summer"])
def test_an_option_that_is_guessed_reads_as_one_that_isnt_there(
    librarian: Member, viewer: Member, typed: str
) -> None:
    quoted = f'"{typed}"' if " " in typed else typed
    there = read_of(viewer, quoted, "high_summer")
    assert there == read_of(viewer, quoted.replace("high", "rainy"), "rainy_summer")
    assert "High summer" not in str(there)
    assert "High summer" in str(read_of(librarian, quoted, "high_summer"))


def test_whether_a_viewer_may_know_of_an_option_is_asked_once_for_a_page(
    client: Client, viewer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[str]] = []
    options = names.options

    def counted(own: OwnField, keys: Iterable[str], *, principal: Principal) -> set[str]:
        asked.append(set(keys))
        return options(own, keys, principal=principal)

    monkeypatch.setattr(names, "options", counted)
    assert viewer.user is not None
    client.force_login(viewer.user)
    page = client.get(f"/b/{viewer.brand.slug}/?season=winter")
    (season,) = [facet for facet in page.context["facets"] if facet.name == "season"]
    assert ("winter", True) in [(each.value, each.chosen) for each in season.values]
    assert asked == [{"winter"}]


@pytest.mark.parametrize("newest", [1_000, 0])
def test_viewers_find_by_key_and_label_what_they_see(
    viewer: Member, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    monkeypatch.setattr(names, "NEWEST", newest)
    for words in ("season:winter", 'season:"Winter"', "season:high_summer,winter"):
        assert found(viewer, words) == {"cold"}
    (chip,) = search.parse("season:winter", by=viewer).chips
    assert chip.text == "Season: Winter"
    monkeypatch.setattr(names, "SAMPLE", 0)  # so many clips lie behind it that none is looked at
    assert found(viewer, "season:Winter") == {"cold"}


def worded(by: Member, words: str) -> set[str]:
    return {hit.asset.title for hit in search.find(by, words=words, ask=lambda *_: None).hits}


def test_an_option_with_another_name_is_found_by_it_slice_by_slice(
    librarian: Member, seasons: CustomField, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "BATCH", 1)
    options = (OptionWish("High summer", "high_summer"), OptionWish("Frost", "winter"))
    own.edit(seasons, Wish("Season", options=options), by=librarian)
    ticks = iter([0.0, 20.0])
    assert building.go_on(clock=lambda: next(ticks)) == 1
    assert StaleWords.objects.exists()
    building.go_on()
    assert not StaleWords.objects.exists()
    assert worded(librarian, "frost") == {"both", "cold"}
    assert worded(librarian, "winter") == set()


def test_a_retired_field_is_found_by_no_word_until_it_comes_back(
    librarian: Member, seasons: CustomField
) -> None:
    own.retire(seasons, by=librarian)
    building.go_on()
    assert worded(librarian, "winter") == set()
    own.restore(CustomField.objects.get(pk=seasons.pk), by=librarian)
    building.go_on()
    assert worded(librarian, "winter") == {"both", "cold"}


def test_no_document_is_written_anew_where_no_word_changed(librarian: Member, seasons: CustomField) -> None:
    options = (OptionWish("Winter", "winter"), OptionWish("High summer", "high_summer"))
    own.edit(seasons, Wish("Time of year", options=options), by=librarian)
    budget = a_field(librarian, Kind.NUMBER, "Budget")
    clip(librarian, "dear", budget="12")
    own.retire(budget, by=librarian)
    assert not StaleWords.objects.exists()
