"""Showing others what one looks at in a review, and who may follow."""

import json
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.catalog.models import AssetKind, RenditionKind, Version
from dam.core import events, presence, wire
from dam.core.leading import Lead
from provenance.review import drawings, reviews
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member
from tests.integration.provenance.web.room import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("servers")]

SHOWN = {"frame": "12", "playing": "1", "rate": "1.5", "x": "0.25", "y": "0.123456"}


class Room:
    def __init__(self) -> None:
        cache.clear()  # nobody has said too much yet
        self.brand = BrandFactory.create()
        self.maker = member(self.brand, Role.CREATOR)
        self.version: Version = VersionFactory.create(
            asset__brand=self.brand, created_by=self.maker.user, frame_count=48
        )
        RenditionFactory.create(version=self.version, kind=RenditionKind.PROXY)
        self.review = reviews.submit(self.version, by=self.maker)

    def address(self, name: str = "review-lead", *more: object) -> str:
        return reverse(name, args=[self.brand.slug, self.review.pk, *more])

    def say(self, **fields: str) -> Any:
        return signed_in(self.maker).post(self.address(), {**SHOWN, **fields})

    @property
    def kept(self) -> Any:
        lead = Lead(self.brand.pk, str(self.version.pk), f"member-{self.maker.user.pk}")
        found = wire.ask(lambda server: server.get(lead._key))
        return None if found is None else json.loads(found)


@pytest.fixture
def room() -> Room:
    return Room()


def test_what_is_shown_is_kept_as_the_page_knows_it(room: Room) -> None:
    assert room.say().status_code == 204
    assert room.kept == {"frame": 12, "playing": True, "rate": 1.5, "pointer": [0.25, 0.1235], "drawing": []}
    room.say(frame="500", playing="", x="", y="")
    assert room.kept == {"frame": 47, "playing": False, "rate": 1.5, "pointer": None, "drawing": []}


def test_what_is_being_drawn_is_shown_with_nothing_in_it_that_is_not_known(room: Room) -> None:
    shape = {"kind": "arrow", "colour": "red", "width": 0.01, "points": [[0, 0], [1, 1]], "onload": "x"}
    room.say(drawing=json.dumps({"v": 1, "shapes": [shape]}))
    (kept,) = room.kept["drawing"]
    assert (kept["kind"], "onload" in kept) == ("arrow", False)


@pytest.mark.parametrize(
    "odd",
    [
        {"frame": ""},
        {"frame": "-1"},
        {"frame": "9" * 5000},
        {"rate": "nan"},
        {"rate": "1e9"},
        {"x": "2"},
        {"y": "inf"},
        {"drawing": "<svg>"},
        {"drawing": "[" * 100_000},
        {"drawing": '{"v": 1, "shapes": [{"kind": "bomb"}]}'},
        {"drawing": "x" * (drawings.MOST_CHARACTERS + 1)},
    ],
    ids=lambda fields: next(f"{name}-{str(value)[:12]}" for name, value in fields.items()),
)
def test_what_no_page_sends_is_refused(room: Room, odd: dict[str, str]) -> None:
    assert room.say(**odd).status_code == 400
    assert room.kept is None


def test_to_begin_and_to_stop_is_told_to_the_open_pages(room: Room, heard: list[str]) -> None:
    changed = f"present-{room.version.pk}"
    room.say()
    room.say(frame="13")
    assert heard == [changed]
    assert room.say(stop="1").status_code == 204
    assert heard == [changed, changed]
    assert room.kept is None


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(events, "publish", lambda *, brand_id, name: names.append(name))
    return names


def test_without_the_server_it_says_so(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> bool:
        raise redis.ConnectionError

    monkeypatch.setattr(Lead, "tell", away)
    answer = room.say()
    assert (answer.status_code, "right now" in answer.json()["detail"]) == (503, True)


def test_who_says_too_much_is_slowed_down(room: Room, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "lead": "2/m/user"}
    assert [room.say().status_code for _ in range(3)] == [204, 204, 429]


def test_who_may_not_see_the_review_neither_leads_nor_follows(room: Room) -> None:
    viewer, stranger = member(room.brand, Role.VIEWER), member(BrandFactory.create(), Role.ADMIN)
    follow = room.address("review-follow", room.maker.user.pk)
    for person, code in ((viewer, 403), (stranger, 404)):
        assert signed_in(person).post(room.address(), SHOWN).status_code == code
        assert signed_in(person).get(follow).status_code == code


def test_those_in_the_room_are_offered_whom_to_follow(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    other = member(room.brand, Role.BRAND_REVIEWER)
    sitting = [f"member-{each.user.pk}" for each in (room.maker, other)]
    monkeypatch.setattr(presence, "people", lambda *, brand_id, room: sitting)
    page = signed_in(other).get(room.address("review-present")).content.decode()
    assert "data-follow" not in page
    assert f'data-lead="{room.address()}"' in page
    room.say()
    page = signed_in(other).get(room.address("review-present")).content.decode()
    assert f'data-follow="{room.address("review-follow", room.maker.user.pk)}"' in page
    own = signed_in(room.maker).get(room.address("review-present")).content.decode()
    assert "data-follow" not in own


def test_a_picture_has_no_playhead_to_follow(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    other = member(room.brand, Role.BRAND_REVIEWER)
    monkeypatch.setattr(presence, "people", lambda *, brand_id, room: [f"member-{other.user.pk}"])
    Version.objects.filter(pk=room.version.pk).update(kind=AssetKind.STILL)
    page = signed_in(room.maker).get(room.address("review-present")).content.decode()
    assert "data-present=" in page
    assert "data-lead" not in page


def test_a_follower_who_loses_the_right_is_found_out(room: Room) -> None:
    other = member(room.brand, Role.BRAND_REVIEWER)
    client = signed_in(other)
    from django.test import RequestFactory

    from dam.web import events as web_events

    request: Any = RequestFactory().get("/")
    request.session, request.user = client.session, other.user
    request.principal, request.brand = other, room.brand
    assert web_events.still_sees(request, room.version.pk)
    Membership.objects.filter(user=other.user).update(role=Role.VIEWER.value)
    assert not web_events.still_sees(request, room.version.pk)
