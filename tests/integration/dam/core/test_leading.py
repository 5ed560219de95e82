"""What somebody shows, as those who follow them get it."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from dam.core import events, leading, wire
from dam.core.leading import Lead

pytestmark = pytest.mark.usefixtures("servers")
LEAD = Lead(brand_id=7, room="a-version", person="member-1")


@pytest.fixture(autouse=True)
def nothing() -> Iterator[None]:
    wire.ask(lambda server: server.delete(LEAD._key))
    yield
    wire.ask(lambda server: server.delete(LEAD._key))


def told(*acts: Callable[[], object], may_follow: bool = True) -> list[bytes]:
    """All that a follower's stream says while these things happen, one after each of its messages."""

    async def may() -> bool:
        return may_follow

    async def listen() -> list[bytes]:
        left = list(acts)
        found = []
        async for message in leading.follow(LEAD, may_follow=may):
            if message.startswith((b"data", b"event")):
                found.append(message)
                if left:
                    await asyncio.to_thread(left.pop(0))
        return found

    return asyncio.run(asyncio.wait_for(listen(), 30))


def test_who_follows_sees_what_is_shown_now_and_all_that_comes_until_it_ends() -> None:
    assert LEAD.tell('{"frame": 1}')
    assert told(lambda: LEAD.tell('{"frame": 2}'), LEAD.stop) == [
        b'data: {"frame": 1}\n\n',
        b'data: {"frame": 2}\n\n',
        b"event: over\ndata: over\n\n",
    ]


def test_to_begin_and_to_stop_is_news_and_to_go_on_is_none() -> None:
    assert [LEAD.tell("{}"), LEAD.tell("{}"), LEAD.stop(), LEAD.stop()] == [True, False, True, False]


def test_who_shows_nothing_cannot_be_followed() -> None:
    assert told() == [b"event: over\ndata: over\n\n"]


def test_who_says_nothing_any_more_is_not_followed_any_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "LOOK_SECONDS", 0.05)
    LEAD.tell("{}")
    forget = lambda: wire.ask(lambda server: server.delete(LEAD._key))  # noqa: E731 - as if its time were over
    assert told(forget) == [b"data: {}\n\n", b"event: over\ndata: over\n\n"]


def test_what_is_kept_has_an_end() -> None:
    LEAD.tell("{}")
    assert 0 < wire.ask(lambda server: server.pttl(LEAD._key)) <= 1000 * leading.STAYS_SECONDS


def test_with_the_right_to_look_the_following_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(events, "ASK_AGAIN_SECONDS", 0.0)
    LEAD.tell("{}")
    assert told(may_follow=False) == [b"data: {}\n\n", b"event: over\ndata: over\n\n"]


def test_those_who_lead_are_told_from_the_others() -> None:
    LEAD.tell("{}")
    asked = ["member-1", "member-2"]
    assert leading.among(asked, brand_id=7, room="a-version") == {"member-1"}
    assert leading.among(asked, brand_id=8, room="a-version") == set()
    assert leading.among([], brand_id=7, room="a-version") == set()
