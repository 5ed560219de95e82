"""One search, by words and by what is seen, among what a person may see."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Approval, Origin, Tag
from dam.search import fulltext, timed_texts
from dam.search.models import TimedTextKind
from dam.search.query import Filters
from dam.search.results import Match, Moment, Results, Seeing, Why
from dam.search.strengths import Strength
from tests.factories import BrandFactory, member
from tests.integration.dam.search.seeing import clip, see

Find = Callable[..., Results]
pytestmark = pytest.mark.django_db


def titles(results: Results) -> list[str]:
    return [hit.asset.title for hit in results.hits]


def test_a_word_of_the_title_counts_more_than_one_of_the_prompt(find: Find, brand: Brand) -> None:
    clip(brand, "Morning", search_words="a bottle on a table")
    clip(brand, "Bottle at dawn")
    assert titles(find("bottle")) == ["Bottle at dawn", "Morning"]


def test_every_word_must_be_there(find: Find, brand: Brand) -> None:
    clip(brand, "Summer bottle")
    clip(brand, "Summer leaf")
    assert titles(find("summer bottle")) == ["Summer bottle"]


def test_tags_and_descriptions_are_searched(find: Find, brand: Brand) -> None:
    tagged = clip(brand, "One")
    tagged.tags.add(Tag.objects.create(brand=brand, name="campaign"))
    fulltext.refresh(tagged)
    clip(brand, "Two", description="For the autumn campaign")
    assert titles(find("campaign")) == ["One", "Two"]


def test_a_word_is_found_by_its_stem_and_its_beginning(find: Find, brand: Brand) -> None:
    clip(brand, "Bottles falling")
    assert titles(find("bottle")) == ["Bottles falling"]
    assert titles(find("fal")) == ["Bottles falling"]


def test_words_joined_in_a_file_name_are_words(find: Find, brand: Brand) -> None:
    clip(brand, "Clip", search_words="IMG_2034-harvest_final.mp4")
    assert find("harvest").total == 1


def test_a_phrase_stands_as_it_is(find: Find, brand: Brand) -> None:
    clip(brand, "Summer sale")
    clip(brand, "Sale in summer")
    assert titles(find('"summer sale"')) == ["Summer sale"]


@pytest.mark.parametrize("typed", ["botle", "bottel", "northwnd", "foot"])
def test_a_typing_error_or_the_middle_of_a_word_finds_what_is_close(
    find: Find, brand: Brand, typed: str
) -> None:
    clip(brand, "Northwind bottle barefoot")
    clip(brand, "Something else")
    results = find(typed)
    assert titles(results) == ["Northwind bottle barefoot"]
    assert results.close_only


def test_what_has_most_of_the_words_is_close(find: Find, brand: Brand) -> None:
    clip(brand, "Summer bottle")
    clip(brand, "Winter")
    results = find("summer bottle elephant")
    assert (titles(results), results.close_only) == (["Summer bottle"], True)


def test_nothing_close_is_no_hit(find: Find, brand: Brand) -> None:
    clip(brand, "Summer bottle")
    assert find("elephant").total == 0


def test_a_word_with_a_minus_is_ruled_out(find: Find, brand: Brand) -> None:
    clip(brand, "Summer bottle")
    clip(brand, "Summer leaf")
    assert titles(find("summer -leaf")) == ["Summer bottle"]


def test_signs_that_postgres_reads_as_operators_are_words(find: Find, brand: Brand) -> None:
    clip(brand, "Rock & roll!")
    assert titles(find("rock & roll! | (x):*")) == ["Rock & roll!"]


def test_what_is_seen_is_found_best_first(find: Find, brand: Brand) -> None:
    clip(brand, "Mixed", colours=["red and green"])
    clip(brand, "Plain", colours=["red"])
    clip(brand, "Other", colours=["blue"])
    results = find("red")
    assert (titles(results), results.good) == (["Plain", "Mixed"], 1)
    assert [hit.strength for hit in results.hits] == [Strength.STRONG, Strength.WEAK]
    assert results.hits[0].matched is Match.SEEN


def test_the_best_moment_is_given(find: Find, brand: Brand) -> None:
    clip(brand, colours=["blue", "red", "red", "blue"])
    assert find("red").hits[0].moment == Moment(500, 1500, at_ms=500, strength=Strength.STRONG)


def test_the_other_good_moments_are_given_in_time_order(find: Find, brand: Brand) -> None:
    clip(brand, colours=["red", "blue", "red", "red", "blue"])
    assert [moment.start_ms for moment in find("red").hits[0].moments] == [0, 1000]


def test_a_weak_match_comes_after_every_good_one(find: Find, brand: Brand) -> None:
    clip(brand, "Weak", colours=["red and green"])
    clip(brand, "Seen", colours=["red"])
    clip(brand, "Red in name")
    results = find("red")
    assert (titles(results)[-1], results.weak) == ("Weak", 1)


def test_words_and_pictures_together_come_first(find: Find, brand: Brand) -> None:
    clip(brand, "Seen", colours=["red"])
    clip(brand, "Red in name")
    clip(brand, "Red in both", colours=["red"])
    results = find("red")
    assert titles(results)[0] == "Red in both"
    assert {hit.asset.title: hit.matched for hit in results.hits} == {
        "Seen": Match.SEEN,
        "Red in name": Match.WORDS,
        "Red in both": Match.BOTH,
    }


def test_pictures_without_a_good_match_are_left_out(find: Find, brand: Brand) -> None:
    clip(brand, colours=["blue"])
    results = find("red")
    assert (results.total, results.seeing) == (0, Seeing.SEARCHED)


def test_another_encoders_embeddings_are_not_compared(find: Find, brand: Brand) -> None:
    asset = clip(brand, "Old")
    assert asset.latest is not None
    see(asset.latest, ["red"], encoder="colours@0")
    results = find("red")
    assert (results.total, results.encoder.not_indexed) == (0, 1)


def test_words_the_encoder_does_not_know_are_named(find: Find, brand: Brand) -> None:
    clip(brand, colours=["red"])
    results = find("red elephant")
    assert (results.total, results.encoder.unknown_words) == (1, ("elephant",))
    assert find("elephant").seeing is Seeing.UNKNOWN_WORDS


def test_a_busy_worker_leaves_what_the_words_find(find: Find, brand: Brand) -> None:
    clip(brand, "Red bottle", colours=["red"])
    results = find("red", ask=lambda spoken, encoder: None)
    assert (titles(results), results.seeing) == (["Red bottle"], Seeing.BUSY)


def test_filters_alone_list_the_newest_first(find: Find, brand: Brand) -> None:
    clip(brand, "Old", origin=Origin.GENERATED)
    clip(brand, "New", origin=Origin.GENERATED)
    clip(brand, "Upload")
    results = find("origin:generated")
    assert (titles(results), results.seeing) == (["New", "Old"], Seeing.NOT_ASKED)


def test_filters_of_the_box_and_of_the_page_both_hold(find: Find, brand: Brand) -> None:
    clip(brand, "Red one", approval=Approval.APPROVED)
    clip(brand, "Red two", origin=Origin.GENERATED, approval=Approval.APPROVED)
    clip(brand, "Red three", origin=Origin.GENERATED)
    results = find("red state:approved", filters=Filters(origin=("generated",)))
    assert titles(results) == ["Red two"]


def test_a_person_is_a_filter(find: Find, brand: Brand) -> None:
    clip(brand, "Hers", created_by=member(brand, name="Ada Lovelace").user)
    clip(brand, "His", created_by=member(brand, name="Alan Turing").user)
    assert titles(find("by:ada")) == ["Hers"]


def test_pages_do_not_overlap(find: Find, brand: Brand) -> None:
    for number in range(5):
        clip(brand, f"Red {number}")
    first, second = find("red", limit=3), find("red", limit=3, offset=3)
    assert first.total == second.total == 5
    assert len({*titles(first), *titles(second)}) == 5


def test_another_brand_finds_nothing(find: Find, brand: Brand) -> None:
    clip(BrandFactory.create(), "Red bottle", colours=["red"])
    assert find("red").total == 0


def test_a_stranger_finds_nothing(find: Find, brand: Brand) -> None:
    clip(brand, "Red bottle", colours=["red"])
    assert find("red", principal=member(BrandFactory.create())).total == 0


def test_a_viewer_finds_what_is_released(find: Find, brand: Brand) -> None:
    clip(brand, "Red draft", colours=["red"])
    clip(brand, "Red released", colours=["red"], approval=Approval.APPROVED)
    viewer = member(brand, Role.VIEWER)
    assert titles(find("red", principal=viewer)) == ["Red released"]


def test_the_trash_is_not_searched(find: Find, brand: Brand) -> None:
    clip(brand, "Red bottle", colours=["red"], trashed_at=timezone.now())
    assert find("red").total == 0


def test_only_the_current_version_is_seen(find: Find, brand: Brand, librarian: Member) -> None:
    from tests.factories import VersionFactory

    asset = clip(brand, "Clip", colours=["red"])
    see(VersionFactory.create(asset=asset, number=2), ["blue"])
    assert find("red").total == 0
    assert find("blue").total == 1


def test_a_tag_that_is_ruled_out_hides_what_has_it(find: Find, brand: Brand) -> None:
    for title, name in (("Old", "old"), ("New", "new")):
        clip(brand, title).tags.add(Tag.objects.create(brand=brand, name=name))
    clip(brand, "Plain")
    assert titles(find("-tag:Old")) == ["Plain", "New"]


def test_every_tag_must_be_there(find: Find, brand: Brand) -> None:
    summer, drinks = (Tag.objects.create(brand=brand, name=name) for name in ("summer", "drinks"))
    clip(brand, "Both").tags.add(summer, drinks)
    clip(brand, "One").tags.add(summer)
    assert titles(find("tag:summer tag:drinks")) == ["Both"]


def test_any_of_several_states_will_do(find: Find, brand: Brand) -> None:
    for state in (Approval.DRAFT, Approval.REJECTED, Approval.APPROVED):
        clip(brand, str(state.label), approval=state)
    assert titles(find("state:draft state:rejected")) == ["Rejected", "Draft"]


def test_a_filter_that_no_field_knows_fails_rather_than_shows_all(find: Find) -> None:
    with pytest.raises(KeyError):
        find("", filters=Filters(states=("approved",)))


def test_what_is_said_is_a_moment_with_the_word_marked(find: Find, brand: Brand) -> None:
    asset = clip(brand, "Bottle talk")
    assert asset.latest is not None
    line = timed_texts.Line(4000, 6000, "Take the bottles home")
    timed_texts.keep(asset.latest, TimedTextKind.SPOKEN, [line])
    (hit,) = find("bottle").hits
    assert hit.moment is not None
    assert (hit.moment.start_ms, hit.moment.why) == (4000, Why.SAID)
    assert [piece.text for piece in hit.passages[0].pieces if piece.matched] == ["bottles"]


@pytest.mark.parametrize("typed", ["café", "cafe", "CAFE", "cafe\u0301", "ｃａｆｅ"])
def test_a_tag_is_filtered_by_as_its_words_are_found(find: Find, brand: Brand, typed: str) -> None:
    for name in ("café", "cinema"):
        tagged = clip(brand, f"In the {name}")
        tagged.tags.add(Tag.objects.create(brand=brand, name=name))
        fulltext.refresh(tagged)
    assert titles(find(f"tag:{typed}")) == ["In the café"]
    assert titles(find(f"in tag:{typed}")) == ["In the café"]


def test_a_tag_that_is_spelt_as_typed_is_the_one_that_is_meant(find: Find, brand: Brand) -> None:
    for name in ("café", "cafe"):
        clip(brand, name).tags.add(Tag.objects.create(brand=brand, name=name))
    assert titles(find("tag:cafe")) == ["cafe"]
