"""A shot and a version are the mean of their frames, of length one again."""

import numpy as np
import pytest

from dam.media.shots import Shot
from dam.search import pooling
from dam.search.encoders.base import Vectors
from dam.search.models import Scope
from dam.search.pooling import Looked, Pooled

RED, GREEN, BLUE = np.eye(3, dtype=np.float32)


def vectors(*rows: object) -> Vectors:
    return np.array(rows, np.float32)


def scope(rows: list[Pooled], wanted: Scope) -> list[Pooled]:
    return [row for row in rows if row.scope == wanted]


def test_a_clip_of_one_shot_has_its_frames_and_one_row_more() -> None:
    rows = pooling.pool([Looked(0, 0), Looked(8, 500)], vectors(RED, GREEN), duration_ms=900)
    assert [row.scope for row in rows] == [Scope.FRAME, Scope.FRAME, Scope.VERSION]
    assert [(row.start_ms, row.end_ms) for row in rows] == [(0, 500), (500, 900), (0, 900)]
    assert rows[-1].vector == pytest.approx([0.5**0.5, 0.5**0.5, 0])


def test_each_shot_of_several_has_a_row_with_the_frame_that_is_most_like_it() -> None:
    looked = [Looked(0, 0), Looked(10, 400), Looked(20, 800, shot=1)]
    between = (RED + GREEN) / 2**0.5
    rows = pooling.pool(looked, vectors(RED, between, BLUE), duration_ms=1000)
    first, second = scope(rows, Scope.SHOT)
    assert (first.shot, first.start_ms, first.end_ms) == (0, 0, 800)
    assert (second.shot, second.frame, second.start_ms, second.end_ms) == (1, 20, 800, 1000)
    assert second.vector == pytest.approx(BLUE)


def test_shots_that_were_found_say_where_they_begin_and_end() -> None:
    looked = [Looked(5, 200), Looked(20, 800, shot=2)]
    shots = [Shot(0, 300), Shot(300, 600), Shot(600, 1000)]
    rows = pooling.pool(looked, vectors(RED, BLUE), duration_ms=1000, shots=shots)
    assert [(row.shot, row.start_ms, row.end_ms) for row in scope(rows, Scope.SHOT)] == [
        (0, 0, 300),
        (2, 600, 1000),
    ]
    assert scope(rows, Scope.FRAME)[0].end_ms == 300  # where its shot ends, not where the next frame comes


def test_opposite_frames_without_a_mean_still_give_a_unit_vector() -> None:
    (version,) = scope(
        pooling.pool([Looked(0, 0), Looked(1, 40)], vectors(RED, -RED), duration_ms=80), Scope.VERSION
    )
    assert np.linalg.norm(version.vector) == pytest.approx(1)
