"""Clips are found by what their prompts mean, not by their letters."""

import html

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.bulk import edits, slices, targets
from dam.bulk.changes import Change
from dam.bulk.models import EditState
from dam.catalog.models import Asset, Version
from dam.search import (
    encoder_indexes,
    fulltext,
    indexing,
    prompt_catching_up,
    prompt_meanings,
    search,
    similar_prompts,
)
from dam.search.encoders import model_card
from dam.search.encoders.base import Encoder, TextEmbedding
from dam.search.models import EncoderIndex, IndexState, PromptMeaning
from dam.search.orders import Order
from dam.search.query import Filters
from dam.search.results import Seeing
from dam.search.strengths import Strength
from dam.web import listing
from tests.factories import BrandFactory, VersionFactory, member, release
from tests.integration.dam.search.seeing import ColourEncoder, index

pytestmark = pytest.mark.django_db
NEW = "brighter@2"


class Brighter(ColourEncoder):
    identity = NEW


class Busy:
    """Whether the worker answers."""

    is_busy = False


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Busy:
    """The colour encoder is installed, and answers at once unless it is busy."""
    busy = Busy()
    cards = {
        identity: model_card.EncoderCard(identity=identity, folder=tmp_path, label=identity)  # type: ignore[arg-type]
        for identity in (ColourEncoder.identity, NEW)
    }
    known: dict[str, Encoder] = {ColourEncoder.identity: ColourEncoder(), NEW: Brighter()}
    monkeypatch.setattr(model_card, "current", lambda: cards[ColourEncoder.identity])
    monkeypatch.setattr(encoder_indexes, "card_of", lambda index: cards.get(index.identity))
    monkeypatch.setattr(indexing, "known_as", lambda identity: known[identity])

    def ask(text: str, encoder: str) -> TextEmbedding | None:
        return None if busy.is_busy else prompt_meanings.question(text, encoder=known[encoder])

    monkeypatch.setattr(similar_prompts, "_ask", ask)
    return busy


def generated(brand: Brand, prompt: str, *, reads: bool = True, **fields: object) -> Asset:
    version: Version = VersionFactory.create(
        asset__brand=brand, asset__title=prompt, origin="generated", prompt=prompt, **fields
    )
    if reads:
        prompt_meanings.write([version], encoder=ColourEncoder(), index=index())
    return version.asset


def listed(principal: Member, words: str = "", **filters: list[str]) -> listing.Listing:
    wanted = listing.ListingQuery(words=words, filters=Filters(filters))
    return listing.fill(principal, wanted=wanted, at=timezone.now())


def titles(found: listing.Listing) -> list[str]:
    return [card.asset.title for card in found.cards]


def test_prompts_that_mean_the_same_are_found_nearest_first_and_others_not(
    brand: Brand, librarian: Member
) -> None:
    for prompt in ("green and red", "red, green and blue", "blue", "red"):
        generated(brand, prompt)
    VersionFactory.create(asset__brand=brand, asset__title="uploaded")
    found = listed(librarian, prompt_like=["red green"])
    assert titles(found) == ["green and red", "red, green and blue"]
    assert [card.strength for card in found.cards] == [Strength.STRONG, Strength.LIKELY]
    assert listed(librarian, 'prompt_like:"red green"').total == 2


def test_prompts_that_are_equally_near_stay_in_one_order(brand: Brand, librarian: Member) -> None:
    clips = [generated(brand, "red green") for _ in range(6)]
    asked = similar_prompts.read(search.parse("", by=librarian), Filters(prompt_like=["red green"]))
    found = [each.version_id for each in similar_prompts.near(librarian, "red green", asked)]
    assert found == sorted(clip.latest_id for clip in clips if clip.latest_id)


def test_where_nothing_is_close_nothing_is_shown(brand: Brand, librarian: Member) -> None:
    generated(brand, "blue")
    found = listed(librarian, prompt_like=["red green"])
    assert (found.total, found.cards, found.prompts.state) == (0, (), similar_prompts.State.READY)


def test_it_narrows_what_words_and_other_filters_find(brand: Brand, librarian: Member) -> None:
    kept = generated(brand, "red green")
    other = generated(brand, "green red", kind="still")
    generated(brand, "blue")
    generated(brand, "red")
    for asset in Asset.objects.all():
        fulltext.refresh(asset)
    words = 'red prompt_like:"red green" kind:video'
    assert [hit.asset for hit in search.find(librarian, words=words, ask=lambda *_: None).hits] == [kept]
    among = search.among(librarian, parsed=search.parse('prompt_like:"red green" kind:image', by=librarian))
    assert list(among) == [other]
    without = search.among(librarian, parsed=search.parse('-prompt_like:"red green"', by=librarian))
    assert {asset.title for asset in without} == {"blue", "red"}
    either = search.among(librarian, parsed=search.parse("prompt_like:blue,red prompt:blue", by=librarian))
    assert [asset.title for asset in either] == ["blue"]


def test_another_order_keeps_the_same_clips(brand: Brand, librarian: Member) -> None:
    for prompt in ("red, green and blue", "green red", "blue"):
        generated(brand, prompt)
    wanted = listing.ListingQuery(filters=Filters(prompt_like=["red green"]), sort=Order.NAME)
    found = listing.fill(librarian, wanted=wanted, at=timezone.now())
    assert titles(found) == ["green red", "red, green and blue"]


def test_the_numbers_beside_the_filters_are_of_the_clips_found(brand: Brand, librarian: Member) -> None:
    for prompt in ("red green", "blue"):
        generated(brand, prompt)
    wanted = listing.ListingQuery(filters=Filters(prompt_like=["red green"]))
    _, facets = listing.fill_and_count(librarian, wanted=wanted, at=timezone.now())
    (origin,) = (facet for facet in facets if facet.name == "origin")
    assert [(value.value, value.count) for value in origin.values] == [("generated", 1)]


def test_a_card_shows_the_prompt_that_is_near_and_how_near(
    brand: Brand, librarian: Member, client: Client
) -> None:
    for prompt in ("green and red", "red, green and blue"):
        fulltext.refresh(generated(brand, prompt))
    for words, sort in (("", Order.NEWEST), ("", Order.NAME), ("kind:video green", Order.NEWEST)):
        wanted = listing.ListingQuery(words, Filters(prompt_like=["red green"]), sort=sort)
        found = listing.fill(librarian, wanted=wanted, at=timezone.now())
        shown = {card.asset.title: card.passages[0] for card in found.cards}
        assert {
            title: ("".join(piece.text for piece in passage.pieces), passage.strength)
            for title, passage in shown.items()
        } == {
            "green and red": ("green and red", Strength.STRONG),
            "red, green and blue": ("red, green and blue", Strength.LIKELY),
        }
    client.force_login(librarian.user)
    page = client.get(reverse("library", args=[brand.slug]), {"prompt_like": "red green"}).content.decode()
    assert "Prompt · Strong match" in page
    assert "Prompt · Likely match" in page


def test_of_several_prompts_the_nearest_says_how_near(brand: Brand, librarian: Member) -> None:
    generated(brand, "red, green and blue")
    (card,) = listed(librarian, prompt_like=["red green", "red green blue"]).cards
    assert card.passages[0].strength is Strength.STRONG
    assert listed(librarian, '-prompt_like:"blue"').cards[0].passages == ()


def test_prompts_that_are_not_shown_to_somebody_are_not_found_by(brand: Brand, librarian: Member) -> None:
    asset = generated(brand, "red green")
    assert asset.latest is not None
    release(asset.latest)
    generated(BrandFactory.create(), "red green")
    generated(brand, "green red", asset__trashed_at=timezone.now())
    assert titles(listed(librarian, prompt_like=["red green"])) == ["red green"]
    viewer = member(brand, Role.VIEWER)
    assert titles(listed(viewer)) == ["red green"]
    assert titles(listed(viewer, prompt_like=["red green"])) == []
    assert not search.among(
        viewer, parsed=search.parse("", by=viewer), filters=Filters(prompt_like=["red green"])
    )
    assert search.parse("prompt_like:red", by=viewer).filters == Filters()


def test_a_busy_worker_leaves_the_rest_on_the_page_and_acts_on_nothing(
    brand: Brand, librarian: Member, worker: Busy
) -> None:
    generated(brand, "red green")
    generated(brand, "blue", kind="still")
    worker.is_busy = True
    found = listed(librarian, "kind:image", prompt_like=["red green"])
    assert (titles(found), found.prompts.state) == (["blue"], similar_prompts.State.BUSY)
    asked = search.find(librarian, words='prompt_like:"red green" kind:image')
    assert (asked.hits, asked.seeing) == ((), Seeing.BUSY)
    # Neither does what a bulk edit takes: also where prompts are ruled out.
    for words in ('prompt_like:"red green"', '-prompt_like:"red green"', "prompt_like:red OR kind:image"):
        assert not search.among(librarian, parsed=search.parse(words, by=librarian))


@pytest.mark.parametrize(
    ("is_busy", "asked", "said"),
    [
        (True, "red green", "hasn't compared prompts yet"),
        (False, "red green", "No prompt among these clips means nearly the same."),
        (False, "крокодил", "doesn't know any word of this prompt"),
    ],
)
def test_the_page_says_what_became_of_the_comparison(
    brand: Brand, librarian: Member, worker: Busy, client: Client, is_busy: bool, asked: str, said: str
) -> None:
    generated(brand, "blue")
    worker.is_busy = is_busy
    client.force_login(librarian.user)
    page = html.unescape(
        client.get(reverse("library", args=[brand.slug]), {"prompt_like": asked}).content.decode()
    )
    assert f"prompt like “{asked}”" in page
    assert said in page


def test_what_acts_on_all_that_is_found_waits_for_a_busy_worker_and_says_so(
    brand: Brand, librarian: Member, worker: Busy
) -> None:
    asset = generated(brand, "red green")
    filters = Filters(prompt_like=["red green"])
    edit = edits.draft_of_search("", filters, None, by=librarian)
    edits.choose(edit, Change(add_tags=("x",)), by=librarian)
    edits.start(edit, by=librarian)
    worker.is_busy = True
    for words in ("", "red"):
        with pytest.raises(similar_prompts.NotCompared):
            edits.draft_of_search(words, filters, None, by=librarian)
    with pytest.raises(similar_prompts.NotCompared):
        targets.found(targets.kept('-prompt_like:"red green"', Filters()), by=librarian)
    assert slices.work(edit.pk)
    edit.refresh_from_db()
    assert (edit.state, edit.attempts, edit.problem) == (EditState.WAITING, 1, "")
    worker.is_busy = False
    while slices.work(edit.pk):
        pass
    edit.refresh_from_db()
    assert (edit.state, edit.changed) == (EditState.DONE, 1)
    assert asset.tags.get().name == "x"


def test_a_bulk_edit_whose_prompts_are_gone_when_it_begins_ends_with_none(
    brand: Brand, librarian: Member
) -> None:
    generated(brand, "red green")
    edit = edits.draft_of_search("", Filters(prompt_like=["red green"]), None, by=librarian)
    edits.choose(edit, Change(add_tags=("x",)), by=librarian)
    edits.start(edit, by=librarian)
    PromptMeaning.objects.all().delete()
    assert not slices.work(edit.pk)
    edit.refresh_from_db()
    assert (edit.state, edit.total, edit.problem) == (EditState.DONE, 0, "")


def test_what_the_encoder_knows_no_word_of_is_said(brand: Brand, librarian: Member) -> None:
    generated(brand, "red green")
    found = listed(librarian, prompt_like=["крокодил"])
    assert (found.total, found.prompts.state) == (0, similar_prompts.State.UNKNOWN_WORDS)


def test_a_search_compares_few_prompts_at_most(brand: Brand, librarian: Member) -> None:
    generated(brand, "red")
    texts = ["red " * number for number in range(1, similar_prompts.MOST_TEXTS + 2)]
    assert listed(librarian, prompt_like=texts[:-1]).total == 1
    found = listed(librarian, prompt_like=texts)
    assert (found.total, found.prompts.state) == (0, similar_prompts.State.TOO_MANY)


def test_the_graph_leads_to_the_same_clips(
    brand: Brand, librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for prompt in ("red green", "red, green and blue", "blue"):
        generated(brand, prompt)
    generated(BrandFactory.create(), "red green")
    monkeypatch.setattr(similar_prompts, "MOST", 2)
    compared = titles(listed(librarian, prompt_like=["red green"]))
    monkeypatch.setattr(similar_prompts, "COMPARED_UP_TO", 0)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert (
            titles(listed(librarian, prompt_like=["red green"]))
            == compared
            == ["red green", "red, green and blue"]
        )
    assert any("hnsw" in query["sql"] for query in queries)


def test_more_clips_take_no_more_queries(brand: Brand, librarian: Member) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            listed(librarian, prompt_like=["red green"])
        return len(queries)

    generated(brand, "red green")
    listed(librarian, prompt_like=["red green"])
    few = count()
    for _ in range(8):
        generated(brand, "green red")
    assert count() == few


def test_each_encoder_has_meanings_of_its_own_and_they_go_with_it(brand: Brand, librarian: Member) -> None:
    asset = generated(brand, "red green")
    new = encoder_indexes.opened(NEW, dimensions=3)
    assert asset.latest is not None
    prompt_meanings.write([asset.latest], encoder=Brighter(), index=new)
    assert PromptMeaning.objects.filter(version=asset.latest).count() == 2
    PromptMeaning.objects.filter(encoder=new).update(vector=[0.0, 0.0, 1.0])
    assert listed(librarian, prompt_like=["red green"]).total == 1
    old = index()
    encoder_indexes.activate(new)
    assert listed(librarian, prompt_like=["red green"]).total == 0
    assert listed(librarian, prompt_like=["blue"]).total == 1
    EncoderIndex.objects.filter(pk=old.pk).update(finished_at=timezone.now() - 2 * encoder_indexes.GRACE)
    assert encoder_indexes.drop_retired() == [old.identity]
    assert [row.encoder_id for row in PromptMeaning.objects.all()] == [new.pk]


def test_earlier_prompts_are_read_in_batches_newest_first(
    brand: Brand, librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = [generated(brand, f"red {number}", reads=number == 1) for number in range(5)]
    VersionFactory.create(asset__brand=brand)
    EncoderIndex.objects.filter(pk=index().pk).update(prompts_at=None)
    monkeypatch.setattr(prompt_catching_up, "BATCH", 2)
    monkeypatch.setattr(prompt_catching_up, "SECONDS", 0.0)
    assert prompt_catching_up.go_on()
    read = set(PromptMeaning.objects.values_list("version_id", flat=True))
    assert read == {assets[number].latest_id for number in (4, 3, 1)}
    assert listed(librarian, prompt_like=["red"]).prompts.reading
    while prompt_catching_up.go_on():
        pass
    assert PromptMeaning.objects.count() == 5
    assert EncoderIndex.objects.get(state=IndexState.ACTIVE).prompts_at is not None
    assert not listed(librarian, prompt_like=["red"]).prompts.reading


def test_a_prompt_written_twice_is_kept_once(brand: Brand) -> None:
    asset = generated(brand, "red")
    assert asset.latest is not None
    asset.latest.prompt = "blue"
    prompt_meanings.write([asset.latest], encoder=ColourEncoder(), index=index())
    (row,) = PromptMeaning.objects.all()
    assert np.array(row.vector).round().tolist() == [0, 0, 1]


def test_a_deleted_version_takes_what_its_prompt_means_along(brand: Brand) -> None:
    asset = generated(brand, "red")
    Asset.objects.filter(pk=asset.pk).update(latest=None)
    Version.objects.get(asset=asset).delete()
    assert not PromptMeaning.objects.exists()


# The bundled encoder: English alone, as its card says.
SAME = (
    ("a calm sea at night", "quiet dark water, moonlight on gentle waves"),
    ("a red bottle on a wooden table", "close-up of a crimson bottle on an oak tabletop"),
    ("fireworks over a river", "colourful fireworks exploding above the water"),
    ("a woman drinking coffee in a cafe", "a lady sips espresso at a coffee shop"),
)


@pytest.fixture(scope="module")
def bundled() -> Encoder:
    from dam.search.encoders import loading

    return loading.load()


def deviations(one: str, other: str, bundled: Encoder) -> float:
    sides = [prompt_meanings.question(text, encoder=bundled) for text in (one, other)]
    vectors = [np.array(each.vector) for each in sides]
    score = float(vectors[0] @ vectors[1])
    return sum(each.steepness * (score - each.level) for each in sides) / 2


def test_the_bundled_encoder_tells_the_same_from_the_different(bundled: Encoder) -> None:
    for place, (one, other) in enumerate(SAME):
        assert deviations(one, other, bundled) >= similar_prompts.LIKELY
        assert deviations(one, one, bundled) >= similar_prompts.STRONG
        for different in (text for pair in (*SAME[:place], *SAME[place + 1 :]) for text in pair):
            assert deviations(one, different, bundled) < similar_prompts.LIKELY


def test_the_bundled_encoder_claims_nothing_in_a_language_it_does_not_know(bundled: Encoder) -> None:
    for german in ("eine ruhige See bei Nacht", "eine rote Flasche auf einem Holztisch"):
        for text in (text for pair in SAME for text in pair):
            assert deviations(german, text, bundled) < similar_prompts.LIKELY
