"""Null queries level a clip that matches everything, and one that matches little."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from dam.accounts.models import Brand
from dam.search import null_queries, tasks
from dam.search.encoders.base import TextEmbedding
from dam.search.models import NullQueries
from dam.search.results import Results
from dam.search.strengths import Strength
from tests.integration.dam.search.seeing import ColourEncoder, clip


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    null_queries._known.clear()
    yield
    null_queries._known.clear()


class WellRead(ColourEncoder):
    """Knows every word, and takes each for a little of one of its colours."""

    def understand(self, text: str) -> TextEmbedding:
        vector = np.eye(3)[len(text) % 3] * 0.2
        return TextEmbedding(vector=tuple(map(float, vector)), steepness=20, level=0.7)


def write(vectors: np.ndarray) -> None:
    NullQueries.objects.create(
        encoder=ColourEncoder.identity,
        revision=null_queries.revision(),
        count=len(vectors),
        vectors=vectors.astype(np.float32).tobytes(),
    )


def test_a_clip_on_which_everything_scores_is_no_strong_match(
    find: Callable[..., Results], brand: Brand
) -> None:
    clip(brand, "Clear", colours=["red"])
    assert find("red").hits[0].strength is Strength.STRONG
    # Half of all questions score on it what "red" does.
    write(np.array([[20, 0, 0, -14], [0, 0, 0, -14]] * 30))
    assert [hit.strength for hit in find("red").hits] == []


def test_where_others_score_nothing_a_match_stays_strong(find: Callable[..., Results], brand: Brand) -> None:
    clip(brand, "Clear", colours=["red"])
    write(np.array([[0, 0, 0, -14]] * 60))
    assert find("red").hits[0].strength is Strength.STRONG


def test_a_worker_writes_them_down_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from dam.search import indexing

    monkeypatch.setattr(indexing, "installed", WellRead)
    tasks.warm_up()
    tasks.warm_up()
    kept = null_queries.of(ColourEncoder.identity)
    assert kept is not None
    assert kept.shape == (len(null_queries.texts()), 4)


def test_queries_with_words_that_the_encoder_does_not_know_are_left_out(db: None) -> None:
    null_queries.prepare(ColourEncoder())
    assert null_queries.of(ColourEncoder.identity) is None  # too few are left to say anything
