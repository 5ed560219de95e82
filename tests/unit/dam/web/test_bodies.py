"""So many large bodies and no more, so many bytes and no more; strangers' never in the way of members."""

import shutil
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest

from dam.web import bodies
from dam.web.bodies import Bodies, NoRoom, TooManyBodies


@pytest.fixture(autouse=True)
def _disk(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.SCRATCH_DIR = tmp_path
    settings.DISK_RESERVE_BYTES, settings.VERIFY_SPOOL_BYTES = 0, 1000
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10_000))


def test_strangers_fill_their_places_and_leave_members_theirs() -> None:
    receiving = Bodies()
    with ExitStack() as places:
        for number in range(bodies.STRANGERS):
            places.enter_context(receiving.place(sender=f"10.0.0.{number}", stranger=True, size=1))
        with pytest.raises(TooManyBodies):
            places.enter_context(receiving.place(sender="10.0.1.1", stranger=True, size=1))
        places.enter_context(receiving.place(sender="user 1", stranger=False, size=1))
    with receiving.place(sender="10.0.1.1", stranger=True, size=1):
        pass


def test_one_sender_has_so_many_places() -> None:
    receiving = Bodies()
    with ExitStack() as places:
        for _ in range(bodies.STRANGERS_EACH):
            places.enter_context(receiving.place(sender="10.0.0.1", stranger=True, size=1))
        with pytest.raises(TooManyBodies):
            places.enter_context(receiving.place(sender="10.0.0.1", stranger=True, size=1))


def test_strangers_take_a_part_of_the_disk() -> None:
    receiving = Bodies()
    with receiving.place(sender="10.0.0.1", stranger=True, size=600):
        with pytest.raises(NoRoom), receiving.place(sender="10.0.0.2", stranger=True, size=600):
            pass
        with receiving.place(sender="user 1", stranger=False, size=600):
            pass


def test_room_is_reserved_before_anything_comes() -> None:
    receiving = Bodies()
    with (
        receiving.place(sender="user 1", stranger=False, size=3000),
        pytest.raises(NoRoom),
        receiving.place(sender="user 2", stranger=False, size=3000),
    ):
        pass
    with receiving.place(sender="user 2", stranger=False, size=3000):
        pass
