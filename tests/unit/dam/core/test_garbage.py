"""Collections of garbage pass over what a web process has loaded."""

import gc
from collections.abc import Iterator

import pytest

from dam.core import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_what_is_loaded_is_not_looked_at_again() -> None:
    before = len(gc.get_objects())
    garbage.settle()
    assert gc.get_freeze_count() >= before / 2
    assert len(gc.get_objects()) < before / 10


def test_what_is_made_later_is_still_collected() -> None:
    garbage.settle()
    circle: list[object] = []
    circle.append(circle)
    del circle
    assert gc.collect() >= 1
