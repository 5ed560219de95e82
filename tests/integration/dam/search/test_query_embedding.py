"""A process without a model asks one that has it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

import pytest
from django.core.cache import cache
from django.db import connection

from dam.accounts.models import Brand
from dam.core import tasks
from dam.search import query_embedding
from dam.search.encoders import model_card
from tests.integration.dam.search.seeing import ColourEncoder

ENCODER = ColourEncoder.identity


@pytest.fixture(autouse=True)
def _empty(servers: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions sent to a worker that does not answer."""
    texts: list[str] = []

    def send(task_name: str, *, expires: float, text: str, encoder: str) -> None:
        assert (task_name, encoder, expires) == ("index.embed_text", ENCODER, query_embedding.ASKED_SECONDS)
        texts.append(text)

    monkeypatch.setattr(tasks, "send", send)
    return texts


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions sent to a worker that answers at once."""
    texts: list[str] = []

    def send(task_name: str, *, expires: float, text: str, encoder: str) -> None:
        texts.append(text)
        query_embedding.answer(text, encoder=ColourEncoder())

    monkeypatch.setattr(tasks, "send", send)
    return texts


def test_the_worker_s_answer_is_waited_for(answered: list[str]) -> None:
    meaning = query_embedding.ask("red elephant", encoder=ENCODER)
    assert meaning == ColourEncoder().understand("red elephant")


def test_an_answer_is_kept(answered: list[str]) -> None:
    query_embedding.ask("red", encoder=ENCODER)
    query_embedding.ask("  RED ", encoder=ENCODER)
    assert answered == ["red"]


def test_answers_take_no_more_room_than_their_slots(
    answered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_embedding, "SLOTS", 1)
    for text in ("red", "blue", "blue", "red"):
        assert query_embedding.ask(text, encoder=ENCODER) == ColourEncoder().understand(text)
    assert answered == ["red", "blue", "red"]


def test_without_an_answer_the_search_goes_on(sent: list[str]) -> None:
    assert query_embedding.ask("red", encoder=ENCODER, patience=0.05) is None


def test_two_who_ask_the_same_send_one_task(sent: list[str]) -> None:
    for _ in range(2):
        query_embedding.ask("red", encoder=ENCODER, patience=0.05)
    assert sent == ["red"]


def test_everybody_who_waits_gets_the_answer(sent: list[str], wait_until: Callable[..., None]) -> None:
    with ThreadPoolExecutor() as people:
        waiting = [people.submit(query_embedding.ask, "red", encoder=ENCODER, patience=10) for _ in range(3)]
        wait_until(lambda: sent)
        meaning = query_embedding.answer("red", encoder=ColourEncoder())
        assert [each.result() for each in waiting] == [meaning] * 3


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_holds_no_database_connection(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bool] = []

    def wait(place: str, patience: float) -> None:
        held.append(connection.connection is not None)

    monkeypatch.setattr(query_embedding, "_wait", wait)
    assert not Brand.objects.exists()  # the page has asked the database before
    assert query_embedding.ask("red", encoder=ENCODER) is None
    assert held == [False]


def test_only_so_many_wait_at_once(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_embedding, "_places", BoundedSemaphore(1))
    answers: list[object] = []

    def wait(place: str, patience: float) -> None:
        answers.append(query_embedding.ask("blue", encoder=ENCODER))  # somebody else, meanwhile

    monkeypatch.setattr(query_embedding, "_wait", wait)
    assert query_embedding.ask("red", encoder=ENCODER) is None
    assert (answers, sent) == ([None], ["red", "blue"])  # the answer is asked for, and there the next time


def test_another_encoder_is_asked_anew(answered: list[str]) -> None:
    query_embedding.ask("red", encoder=ENCODER)
    assert query_embedding.ask("red", encoder="colours@2", patience=0.05) is None


def test_any_question_is_answered_at_its_place(answered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture's answer is left by its digest, and isn't the one to words that are spelled alike."""
    monkeypatch.setattr(query_embedding, "SLOTS", 1)
    place = query_embedding.place("digest", encoder=ENCODER, kind="picture")
    meaning = ColourEncoder().understand("red")
    sent: list[str] = []

    def send() -> None:
        sent.append(place)
        query_embedding.leave(place, meaning)

    for _ in range(2):
        assert query_embedding.answer_at(place, send=send) == meaning
        query_embedding.ask("blue", encoder=ENCODER)  # however many words are asked
    assert sent == [place]
    assert place != query_embedding.place("digest", encoder=ENCODER)


def test_a_broker_that_is_gone_leaves_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    def fail(*args: object) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(cache, "get", fail)
    assert query_embedding.ask("red", encoder=ENCODER) is None


def test_a_real_worker_answers_with_the_bundled_encoder(live_worker: None) -> None:
    meaning = query_embedding.ask("red ball", encoder=model_card.current().identity, patience=60)
    assert meaning is not None
    assert meaning.vector is not None
