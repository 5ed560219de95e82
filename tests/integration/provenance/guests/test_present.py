"""Who is said to be in a room: each by name, as long as they may be there."""

import asyncio
from typing import Any

import pytest
import redis
import redis.asyncio
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.audit.models import Event
from dam.core import presence
from dam.core.presence import Seat
from provenance.guests import gate, present
from provenance.guests.models import GuestLink, GuestSession
from provenance.web import present_people
from provenance.web.guests import attending, frame
from tests.factories import BrandFactory, member
from tests.integration.provenance.guests.conftest import Outside, inside
from tests.integration.provenance.web.room import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("servers")]


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody beats here: a seat must last as long as its test."""
    monkeypatch.setattr(presence, "STAYS_SECONDS", 120.0)


def sit(*seats: Seat) -> None:
    async def sitting() -> None:
        server = redis.asyncio.Redis.from_url(settings.CACHE_URL)
        for each in seats:
            await each.keep(server)
        await server.aclose()

    asyncio.run(sitting())


def in_room(outside: Outside, person: str) -> Seat:
    version = outside.case.version
    return Seat(brand_id=version.brand_id, room=str(version.pk), person=person)


def others(outside: Outside) -> list[str]:
    found = present.others(outside.case.version, by=outside.case.creator, at=timezone.now())
    return [each.name for each in found]


def test_others_are_named_once_and_guests_after_them(
    outside: Outside, django_assert_num_queries: Any
) -> None:
    zoe = member(outside.case.brand)
    mine = in_room(outside, f"member-{outside.case.creator.user.pk}")
    hers = [in_room(outside, f"member-{zoe.user.pk}") for _ in range(2)]
    sit(mine, *hers, present.seat(outside.link), present.seat(outside.another(name="Ben")))
    with django_assert_num_queries(2):
        assert others(outside) == [str(zoe), "Ada", "Ben"]


def test_who_may_no_longer_be_there_is_no_longer_named(outside: Outside) -> None:
    zoe = member(outside.case.brand)
    sit(in_room(outside, f"member-{zoe.user.pk}"), present.seat(outside.link))
    sit(in_room(outside, f"member-{member(BrandFactory.create()).user.pk}"))  # of another brand
    Membership.objects.filter(user=zoe.user).update(role=Role.VIEWER.value)
    GuestLink.objects.update(revoked_at=timezone.now())
    assert others(outside) == []


def test_the_fragment_names_them_and_says_so_when_it_cannot(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit(present.seat(outside.link))
    address = reverse("review-present", args=[outside.case.brand.slug, outside.review.pk])
    client = signed_in(outside.case.creator)
    shown = client.get(address).content.decode()
    assert 'data-name="Ada"' in shown
    assert "Outside reviewer" in shown
    stranger = signed_in(member(BrandFactory.create()))
    assert stranger.get(address).status_code == 404
    assert inside(outside.link).get(address).status_code in {302, 403, 404}

    def away(**_: Any) -> list[str]:
        raise redis.ConnectionError

    monkeypatch.setattr(presence, "people", away)
    assert "show who else is here" in client.get(address).content.decode()


def test_the_list_says_how_many_more_there_are(outside: Outside) -> None:
    crowd = [member(outside.case.brand) for _ in range(present_people.SHOWN + 2)]
    sit(*(in_room(outside, f"member-{each.user.pk}") for each in crowd))
    address = reverse("review-present", args=[outside.case.brand.slug, outside.review.pk])
    shown = signed_in(outside.case.creator).get(address).content.decode()
    assert "+2" in shown
    assert shown.count("data-present=") == len(crowd)


def test_a_guests_stream_stays_while_their_session_does_and_writes_nothing_down(outside: Outside) -> None:
    client = inside(outside.link)
    response = client.get(reverse("guest-here", args=[outside.link.key]))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    long_ago = timezone.now() - 2 * gate.SEEN_EVERY
    GuestSession.objects.update(seen_at=long_ago)
    events_before = Event.objects.count()
    request: Any = response.wsgi_request
    assert request.COOKIES[frame.SESSION]
    assert attending._may_stay(request, at=timezone.now())
    assert GuestSession.objects.get().seen_at == long_ago
    assert Event.objects.count() == events_before
    GuestLink.objects.update(revoked_at=timezone.now())
    assert not attending._may_stay(request, at=timezone.now())


def test_a_guest_opens_only_so_many_streams(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "may_try", lambda request, action, *, key: action != "guest_here")
    address = reverse("guest-here", args=[outside.link.key])
    assert inside(outside.link).get(address).status_code == 429


def test_nobody_without_a_session_holds_a_place(outside: Outside, client: Any) -> None:
    assert client.get(reverse("guest-here", args=[outside.link.key])).status_code == 404
