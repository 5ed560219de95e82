"""Which open pages hear of a change: those of drafts are told to those who work in the brand alone."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.hashers import make_password
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership, User
from dam.accounts.principals import Member
from dam.catalog import assets, versions
from dam.catalog.models import Asset, Version
from dam.core import events, wire
from dam.rights.models import RightsRecord
from dam.web import events as web_events
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member, next_version

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("servers")]
END = "the end"


def forget(brand_id: int) -> None:
    """What earlier tests have told."""
    channels = [events._channel(brand_id, to_all=each) for each in (True, False)]
    wire.ask(lambda server: server.delete(*map(events._recent, channels)))


def events_of(
    brand_id: int,
    act: Callable[[], object],
    *,
    works_here: bool,
    loading: Callable[[], object] = lambda: None,
) -> list[str]:
    """The names that reach an open page while `act` runs; `loading` runs before its stream opens."""
    forget(brand_id)
    loading()
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


@pytest.mark.parametrize(
    "act",
    [
        lambda version: versions.set_released(version),
        lambda version: versions.clear_released(version),
        lambda version: assets.edit(version.asset, by=member(version.brand), title="Other words"),
    ],
    ids=["released", "withdrawn", "edited"],
)
def test_nobody_else_hears_of_a_release_before_its_embargo_ends(act: Callable[[Version], object]) -> None:
    version = ApprovedVersionFactory.create()
    RightsRecord.objects.filter(version=version).update(embargo_until=timezone.now() + timedelta(days=1))
    assert events_of(version.brand_id, lambda: act(version), works_here=False) == []
    RightsRecord.objects.filter(version=version).update(embargo_until=None)
    Asset.objects.filter(pk=version.asset_id).update(released=version, title="Words")
    assert "library" in events_of(version.brand_id, lambda: act(version), works_here=False)


def test_a_storm_is_told_in_two_hints_and_its_last_one_is_not_lost() -> None:
    def act() -> None:
        for _ in range(30):
            events.publish(brand_id=7, name="job-1")
        time.sleep(2 * events.OFTEN)

    assert events_of(7, act, works_here=True) == ["job-1", "job-1"]


def test_what_happens_while_a_page_loads_is_told_once_its_stream_opens() -> None:
    def act() -> None:
        events.publish(brand_id=7, name="review-1")
        events.publish(brand_id=7, name="library", to_all=True)

    none = lambda: None  # noqa: E731
    assert events_of(7, none, works_here=True, loading=act) == ["library", "review-1"]
    assert events_of(7, none, works_here=False, loading=act) == ["library"]


def test_what_happened_long_before_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    long_before = time.time() - events.RECENT_SECONDS - 1

    def earlier() -> None:
        with monkeypatch.context() as then:
            then.setattr(time, "time", lambda: long_before)
            events.publish(brand_id=7, name="review-1")

    assert events_of(7, lambda: None, works_here=True, loading=earlier) == []


def listening(person: Member) -> Any:
    """The request of a stream that the person has opened."""
    client = Client()
    client.force_login(person.user)
    request: Any = RequestFactory().get("/")
    request.session, request.user = client.session, person.user
    request.principal, request.brand, request.client = person, person.brand, client
    return request


@pytest.mark.parametrize(
    "end",
    [
        lambda person, request: request.client.logout(),
        lambda person, request: Membership.objects.all().delete(),
        lambda person, request: Membership.objects.update(role=Role.VIEWER.value),
        lambda person, request: User.objects.update(is_active=False),
        lambda person, request: User.objects.update(password=make_password("another one")),
    ],
    ids=["sign-out", "removal", "demotion", "closed account", "changed password"],
)
def test_a_stream_ends_with_the_right_to_it(end: Callable[[Member, Any], object]) -> None:
    person = member(BrandFactory.create())
    request = listening(person)
    assert web_events._may_listen(request, works_here=True)
    end(person, request)
    assert not web_events._may_listen(request, works_here=True)


def test_a_stream_that_nobody_may_read_any_more_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    forget(7)
    monkeypatch.setattr(events, "ASK_AGAIN_SECONDS", 0.0)

    async def nobody() -> bool:
        return False

    async def listen() -> list[bytes]:
        stream = events.stream(brand_id=7, works_here=True, may_listen=nobody)
        first = await anext(stream)
        await asyncio.to_thread(events.publish, brand_id=7, name="jobs")
        return [first, *[each async for each in stream]]

    assert asyncio.run(asyncio.wait_for(listen(), 20)) == [b"retry: 3000\n\n"]


def test_only_a_member_who_works_here_takes_seats(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the rooms of versions they see, of all those that their one stream asks for."""
    version = VersionFactory.create()
    taken: list[list[Any]] = []

    def streams(*, seats: list[Any], **_: Any) -> Any:
        taken.append(seats)
        return iter(())

    def open_for(who: Member, *rooms: object) -> list[tuple[int, str, str]]:
        request = listening(who)
        request.GET = QueryDict("&".join(f"room={each}" for each in rooms))
        async_to_sync(web_events.stream)(request)
        return sorted((each.brand_id, each.room, each.person) for each in taken[-1])

    monkeypatch.setattr(events, "stream", streams)
    person = member(version.brand)
    second = VersionFactory.create(asset__brand=version.brand)
    strange = VersionFactory.create()
    mine = [(version.brand_id, str(each.pk), f"member-{person.user.pk}") for each in (version, second)]
    assert open_for(person, version.pk, second.pk) == sorted(mine)
    assert open_for(person, strange.pk, "x", version.pk) == mine[:1]
    assert open_for(person) == []
    many = [VersionFactory.create(asset__brand=version.brand).pk for _ in range(web_events.ROOMS + 1)]
    assert len(open_for(person, *many)) == web_events.ROOMS
    released = ApprovedVersionFactory.create(asset__brand=version.brand)
    versions.set_released(released)
    assert open_for(member(version.brand, Role.VIEWER), released.pk) == []


def test_a_stream_of_a_room_ends_once_its_version_is_no_longer_seen() -> None:
    version = VersionFactory.create()
    person = member(version.brand)
    request = listening(person)
    assert web_events._may_listen(request, works_here=True, rooms={version.pk})
    Asset.objects.update(trashed_at=timezone.now())
    assert not web_events._may_listen(request, works_here=True, rooms={version.pk})
    assert web_events._may_listen(request, works_here=True)
