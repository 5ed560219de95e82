"""Which open pages hear of a change: those of drafts are told to those who work in the brand alone."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from dam.catalog import assets, versions
from dam.core import events
from tests.factories import ApprovedVersionFactory, VersionFactory, member, next_version

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("servers")]
END = "the end"


def events_of(brand_id: int, act: Callable[[], object], *, works_here: bool) -> list[str]:
    """The names that reach an open page while `act` runs."""
    open_now = threading.Event()
    names: list[str] = []

    async def listen() -> None:
        stream = events.stream(brand_id=brand_id, works_here=works_here)
        await anext(stream)
        open_now.set()
        async for message in stream:
            kind, _, name = message.decode().split("\n")[0].partition(": ")
            if name == END:
                break
            if kind == "event":
                names.append(name)
        await stream.aclose()  # type: ignore[attr-defined]

    page = threading.Thread(target=lambda: asyncio.run(asyncio.wait_for(listen(), 20)))
    page.start()
    open_now.wait(20)
    act()
    events.publish(brand_id=brand_id, name=END, to_all=True)
    page.join(20)
    return names


@pytest.mark.parametrize(("works_here", "names"), [(True, ["jobs", "library"]), (False, ["library"])])
def test_a_page_hears_what_is_told_to_its_reader(works_here: bool, names: list[str]) -> None:
    def act() -> None:
        events.publish(brand_id=7, name="jobs")
        events.publish(brand_id=7, name="library", to_all=True)
        events.publish(brand_id=8, name="library", to_all=True)

    assert events_of(7, act, works_here=works_here) == names


def test_nobody_else_hears_that_a_draft_was_edited() -> None:
    version = VersionFactory.create()
    person = member(version.brand)
    act = lambda: assets.edit(version.asset, by=person, title="Other words")  # noqa: E731
    assert events_of(version.brand_id, act, works_here=False) == []


def test_all_hear_that_what_is_released_was_edited_and_nothing_of_its_draft() -> None:
    released = ApprovedVersionFactory.create()
    draft = next_version(released)
    person = member(released.brand)
    act = lambda: assets.edit(released.asset, by=person, title="Other words")  # noqa: E731
    names = events_of(released.brand_id, act, works_here=False)
    assert sorted(names) == ["library", f"version-{released.pk}"]
    assert str(draft.pk) not in names


def test_all_hear_which_version_was_released_and_which_it_replaced() -> None:
    first = ApprovedVersionFactory.create()
    second = next_version(first)
    names = events_of(first.brand_id, lambda: versions.set_released(second), works_here=False)
    assert names == [f"version-{first.pk}", f"version-{second.pk}", "library"]
    assert events_of(first.brand_id, lambda: versions.clear_released(second), works_here=False) == [
        f"version-{second.pk}",
        "library",
    ]
