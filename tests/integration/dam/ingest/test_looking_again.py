"""After a change of the encoder the library is looked at again, and searched all the while."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog.models import Asset, Tag, Version
from dam.celery import app
from dam.core import events
from dam.ingest import looking_again, tasks
from dam.ingest.looking_again import Outcome
from dam.ingest.models import Step, StepState
from dam.search import encoder_indexes, indexing, reindexing, search
from dam.search.encoders import model_card
from dam.search.encoders.base import TextEmbedding
from dam.search.models import Embedding, EncoderIndex, IndexState
from dam.search.tagging import anew, suggested_tags
from dam.search.tagging.models import SuggestedTag
from tests.factories import BrandFactory, member
from tests.integration.dam.search import seeing
from tests.integration.dam.search.seeing import ColourEncoder, clip, see

pytestmark = pytest.mark.django_db
OLD, NEW = ColourEncoder.identity, "colours@2"


class NewEncoder(ColourEncoder):
    identity = NEW


@pytest.fixture
def brand(db: None) -> Brand:
    made: Brand = BrandFactory.create()
    return made


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another encoder has been installed; the earlier one still lies where it was."""
    cards = {
        identity: model_card.EncoderCard(identity=identity, folder=tmp_path / identity, label=identity)
        for identity in (OLD, NEW)
    }
    monkeypatch.setattr(model_card, "current", lambda: cards[NEW])
    monkeypatch.setattr(encoder_indexes, "card_of", lambda index: cards.get(index.identity))
    monkeypatch.setattr(indexing, "installed", NewEncoder)
    monkeypatch.setattr(indexing, "embed", lambda version, encoder: see(version, ["red"], encoder=NEW))


@pytest.fixture
def assets(brand: Brand) -> list[Asset]:
    return [clip(brand, f"Clip {number}", colours=["red"]) for number in range(3)]


def new_index() -> EncoderIndex:
    return encoder_indexes.opened(NEW, dimensions=ColourEncoder.dimensions)


def work_off(index: EncoderIndex) -> list[Outcome]:
    outcomes = [looking_again.step(index)]
    while outcomes[-1] not in (Outcome.COMPLETE, Outcome.AWAY):
        assert len(outcomes) < 50
        outcomes.append(looking_again.step(index))
    return outcomes


def is_served() -> str:
    index, card = encoder_indexes.serving()
    assert index is not None
    assert index.identity == card.identity
    return index.identity


def test_searches_ask_the_old_index_until_the_new_one_is_complete(
    assets: list[Asset], brand: Brand, changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints: list[tuple[int, str]] = []
    monkeypatch.setattr(events, "publish", lambda *, brand_id, name, to_all: hints.append((brand_id, name)))
    told = Event.objects.count()
    index = new_index()
    assert looking_again.step(index) is Outcome.LOOKED
    assert is_served() == OLD
    anew = encoder_indexes.anew()
    assert anew is not None
    assert (anew.label, anew.percent, anew.searched) == (NEW, 33, False)
    assert hints == []
    work_off(index)
    assert is_served() == NEW
    assert encoder_indexes.anew() is None
    assert hints.count((brand.pk, "library")) == 1
    assert Event.objects.count() == told
    assert not reindexing.behind(index).exists()


def test_tags_are_suggested_by_the_encoder_that_has_seen_the_library(
    assets: list[Asset], changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(indexing, "known_as", lambda identity: ColourEncoder())
    monkeypatch.setattr(suggested_tags, "suggest", lambda version, encoder: asked.append(encoder.identity))
    new_index()
    assert assets[0].latest is not None
    tasks._suggest_tags(assets[0].latest, "tags")
    assert asked == [OLD]


def test_the_encoder_that_follows_suggests_tags_anew_and_leaves_what_people_decided(
    assets: list[Asset], brand: Brand, changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Tag.objects.bulk_create(Tag(brand=brand, name=name) for name in ("red", "green"))
    librarian = member(brand, Role.LIBRARIAN)
    for asset in assets:
        assert asset.latest is not None
        suggested_tags.suggest(asset.latest, encoder=ColourEncoder())
    dismissed, accepted, _ = (SuggestedTag.objects.get(asset=asset, tag__name="red") for asset in assets)
    suggested_tags.dismiss(assets[0], dismissed.pk, by=librarian)
    suggested_tags.accept(assets[1], [accepted.pk], by=librarian)
    monkeypatch.setattr(
        indexing, "embed", lambda version, encoder: see(version, ["red", "green"], encoder=NEW)
    )
    told = Event.objects.count()
    work_off(new_index())

    monkeypatch.setattr(anew, "SECONDS", 0.0)
    turns = 0
    while anew.go_on():
        turns += 1
    assert turns == 3
    waiting = SuggestedTag.objects.filter(dismissed_at=None).order_by("asset__created_at", "tag__name")
    assert [(row.asset_id, row.name) for row in waiting] == [
        (assets[0].pk, "green"),
        (assets[1].pk, "green"),
        (assets[2].pk, "green"),
        (assets[2].pk, "red"),
    ]
    assert [tag.name for tag in assets[1].tags.all()] == ["red"]
    assert SuggestedTag.objects.filter(pk=dismissed.pk).exclude(dismissed_at=None).exists()
    assert Event.objects.count() == told
    assert EncoderIndex.objects.get(identity=NEW).tags_at is not None


def test_an_encoder_that_is_gone_is_not_asked_and_the_page_says_so(
    assets: list[Asset], changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = new_index()
    cards = {NEW: model_card.current()}
    monkeypatch.setattr(encoder_indexes, "card_of", lambda index: cards.get(index.identity))
    looking_again.step(index)
    assert is_served() == NEW
    anew = encoder_indexes.anew()
    assert anew is not None
    assert anew.searched


def test_the_old_index_goes_when_the_last_search_that_asked_it_is_over(
    assets: list[Asset], changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_off(new_index())
    assert encoder_indexes.drop_retired() == []
    monkeypatch.setattr(encoder_indexes, "GRACE", timedelta(seconds=-1))
    assert encoder_indexes.drop_retired() == [OLD]
    assert set(Embedding.objects.values_list("encoder__identity", flat=True)) == {NEW}
    assert not EncoderIndex.objects.filter(identity=OLD).exists()


def test_what_a_killed_worker_had_taken_is_found_in_the_next_pass(assets: list[Asset], changed: None) -> None:
    index = new_index()
    lost = reindexing.take(index, narrow=looking_again.settled).version_id
    assert lost is not None
    outcomes = work_off(index)
    assert outcomes.count(Outcome.LOOKED) == 3
    assert Embedding.objects.filter(version_id=lost, encoder=index).exists()
    assert is_served() == NEW


def test_while_storage_is_away_nothing_is_given_up(
    assets: list[Asset], changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(version: Version, encoder: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(indexing, "embed", away)
        meanwhile.setattr("dam.ingest.outages.describe", lambda problem, key: "Storage is away.")
        index = new_index()
        assert looking_again.step(index) is Outcome.AWAY
    assert is_served() == OLD
    work_off(index)
    assert (is_served(), reindexing.behind(index).count()) == (NEW, 0)


def test_a_clip_that_cannot_be_looked_at_holds_up_no_other(
    assets: list[Asset], changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed = indexing.embed

    def one_fails(version: Version, encoder: Any) -> None:
        if version == assets[0].latest:
            raise indexing.NothingSeen("No frames can be decoded.")
        embed(version, encoder=encoder)

    monkeypatch.setattr(indexing, "embed", one_fails)
    assert Outcome.FAILED in work_off(new_index())
    assert is_served() == NEW


def test_an_index_with_nothing_in_it_is_not_switched_to(
    assets: list[Asset], changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(version: Version, encoder: object) -> None:
        raise indexing.NothingSeen("No frames can be decoded.")

    monkeypatch.setattr(indexing, "embed", fail)
    index = new_index()
    for _ in range(10):
        looking_again.step(index)
    assert is_served() == OLD


def test_what_its_own_step_is_to_look_at_is_left_to_it(assets: list[Asset], brand: Brand) -> None:
    version = assets[0].latest
    assert version is not None
    Step.objects.create(
        version=version, brand=brand, user=version.created_by, name="embed", position=1,
        state=StepState.WAITING,
    )  # fmt: skip
    left = looking_again.settled(Version.objects.all())
    assert set(left) == {asset.latest for asset in assets[1:]}


def test_an_index_on_its_way_out_comes_back_with_its_encoder(assets: list[Asset], changed: None) -> None:
    work_off(new_index())
    back = reindexing.to_build(OLD)
    assert back is not None
    assert back.state == IndexState.BUILDING


def test_the_chains_are_sent_once_and_go_on_by_themselves(
    assets: list[Asset],
    changed: None,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr(app, "send_task", lambda name, kwargs, **_: sent.append((name, kwargs)))
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.catch_up()
    assert sent == [("index.reindex", {"chain": chain}) for chain in range(looking_again.CHAINS)]
    while sent:
        name, about = sent.pop()
        assert name == "index.reindex"
        tasks.reindex(**about)
    assert is_served() == NEW


def test_what_came_out_of_the_trash_is_looked_at_later(
    assets: list[Asset],
    changed: None,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    work_off(new_index())
    restored = assets[0].latest
    assert restored is not None
    Embedding.objects.filter(version=restored, encoder__identity=NEW).delete()
    sent: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(app, "send_task", lambda name, kwargs, **_: sent.append((name, kwargs)))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.catch_up()
    assert sent == [
        ("index.read_prompts", {}),
        ("index.look_again", {"version_id": str(restored.pk)}),
        ("index.suggest_anew", {}),
    ]
    tasks.look_again(str(restored.pk))
    assert Embedding.objects.filter(version=restored, encoder__identity=NEW).exists()


@pytest.mark.django_db(transaction=True)
def test_searches_go_on_while_the_index_is_switched_and_the_old_one_dropped(
    changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand = BrandFactory.create()
    for number in range(6):
        clip(brand, f"Clip {number}", colours=["red"])
    person = member(brand, Role.LIBRARIAN)
    done: list[bool] = []
    asked: set[str] = set()
    begun = threading.Event()

    def ask(spoken: str, encoder: str) -> TextEmbedding:
        asked.add(encoder)
        begun.set()
        return seeing.ask(spoken, encoder)

    def searching() -> list[int]:
        found: list[int] = []
        try:
            while not done:
                found.append(search.find(person, words="red", ask=ask).total)
            found.append(search.find(person, words="red", ask=ask).total)  # by the new one
        finally:
            connection.close()
        return found

    monkeypatch.setattr(encoder_indexes, "GRACE", timedelta(seconds=-1))
    with ThreadPoolExecutor(2) as people:
        searches = [people.submit(searching) for _ in range(2)]
        try:
            assert begun.wait(60)
            work_off(new_index())
            for _ in range(20):
                if encoder_indexes.drop_retired():
                    break
        finally:
            done.append(True)
    counts = [total for each in searches for total in each.result()]
    assert set(counts) <= {0, 6}  # 0 only for one that read the row and came after the drop
    assert counts.count(0) <= 2
    assert asked == {OLD, NEW}
    assert not EncoderIndex.objects.filter(identity=OLD).exists()


def test_the_command_prepares_another_encoder_and_says_how_far_it_is(
    assets: list[Asset], changed: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("reindex", encoder=tmp_path)
    assert is_served() == OLD
    call_command("reindex", status=True)
    said = capsys.readouterr().out
    assert f"{NEW} is complete" in said
    assert f"{OLD}: searched" in said
    assert f"{NEW}: ready" in said
    call_command("reindex")
    assert is_served() == NEW
