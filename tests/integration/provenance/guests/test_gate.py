"""Every address of a guest against everybody who isn't that guest, or isn't any more."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership, User
from dam.captions import tracks
from dam.captions.models import CaptionTrack
from dam.catalog.models import Asset
from dam.rights.model_licences import standings
from dam.rights.model_licences.standings import Weights
from dam.rights.models import MadeFrom, Relation
from provenance.guests import gate, links
from provenance.guests.models import GuestLink, GuestSession
from provenance.review import reviews
from provenance.review.models import Review
from provenance.web.guests import urls
from tests.factories import VersionFactory, member
from tests.integration.provenance.guests.conftest import Outside, at_door, inside

pytestmark = pytest.mark.django_db

OF_LINK = [each.name or "" for each in urls.urlpatterns if "<uuid:key>" in str(each.pattern)]
BEHIND = [
    name for name in OF_LINK if name not in ("guest-door", "guest-code", "guest-enter", "guest-list-enter")
]
POSTS = {
    "guest-leave",
    "guest-comment",
    "guest-attach",
    "guest-attachment-remove",
    "guest-react",
    "guest-remark-edit",
    "guest-remark-reply",
    "guest-remark-delete",
    "guest-remark-restore",
    "guest-recommend",
    "guest-code",
    "guest-enter",
    "guest-list-enter",
}
# What an address names beside the link.
FILE = UUID("00000000-0000-4000-8000-000000000001")
MORE: dict[str, list[object]] = {
    "guest-captions": ["en"],
    "guest-react": ["guest-1"],
    "guest-remark-edit": [1],
    "guest-remark-reply": [1],
    "guest-remark-delete": [1],
    "guest-remark-restore": [1],
    "guest-attachment": [FILE],
    "guest-attachment-preview": [FILE],
    "guest-attachment-remove": [FILE],
}


def ask(client: Client, name: str, link: GuestLink) -> Any:
    address = reverse(name, args=[link.key, *MORE.get(name, [])])
    return (
        client.post(address, {"body": "Hello", "advice": "approve"}) if name in POSTS else client.get(address)
    )


def words(response: Any) -> str:
    """Of a page, without what differs in each: tokens of its forms."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ?")[^"]+', "", response.content.decode())


def test_the_list_of_addresses_is_whole() -> None:
    assert len(BEHIND) == 19


@pytest.mark.parametrize("name", OF_LINK)
def test_a_stranger_who_knows_the_address_finds_the_page_of_a_link_that_never_was(
    outside: Outside, name: str
) -> None:
    never = GuestLink(key="00000000-0000-4000-8000-000000000000")
    answer, of_none = ask(Client(), name, outside.link), ask(Client(), name, never)
    assert answer.status_code == of_none.status_code == 404
    assert words(answer) == words(of_none)


@pytest.mark.parametrize("name", OF_LINK)
def test_somebody_signed_in_is_no_guest(outside: Outside, name: str) -> None:
    client = Client()
    client.force_login(outside.case.creator.user)
    assert ask(client, name, outside.link).status_code == 404


@pytest.mark.parametrize("name", BEHIND)
def test_at_the_door_nobody_is_in(outside: Outside, name: str) -> None:
    answer = ask(at_door(outside.link), name, outside.link)
    assert (answer.status_code, answer["Location"]) == (302, reverse("guest-door", args=[outside.link.key]))
    assert not outside.link.remarks.exists()
    assert not outside.link.advice.exists()


@pytest.mark.parametrize("name", BEHIND)
def test_a_session_of_another_link_opens_nothing(outside: Outside, name: str) -> None:
    other = outside.another()
    client = inside(other)
    kept = client.cookies["guest"].value
    client.cookies["guest"] = kept  # whatever its path, it is sent
    assert ask(client, name, outside.link).status_code == 404
    assert not outside.link.remarks.exists()


def _revoke(outside: Outside) -> None:
    links.revoke(outside.link, by=outside.case.creator)


def _expire(outside: Outside) -> None:
    GuestLink.objects.update(expires_at=timezone.now())


def _trash(outside: Outside) -> None:
    Asset.objects.filter(pk=outside.case.version.asset_id).update(trashed_at=timezone.now())


def _stop_its_source(outside: Outside) -> None:
    source = VersionFactory.create(asset__brand=outside.case.brand, approval="withdrawn")
    MadeFrom.objects.create(version=outside.case.version, source=source, relation=Relation.COMPONENT)


def _switch_off(outside: Outside) -> None:
    outside.case.brand.guest_reviews = False
    outside.case.brand.save()


def _close(outside: Outside) -> None:
    outside.case.brand.closed_at = timezone.now()
    outside.case.brand.save()


def _erase(outside: Outside) -> None:
    GuestLink.objects.update(erased_at=timezone.now())


def _delete(outside: Outside) -> None:
    GuestLink.objects.all().delete()


def _withdraw(outside: Outside) -> None:
    reviews.withdraw(outside.review, by=outside.case.creator)


def _reject(outside: Outside) -> None:
    Review.objects.filter(pk=outside.review.pk).update(state="rejected")


def _take_the_approval_back(outside: Outside) -> None:
    Review.objects.filter(pk=outside.review.pk).update(state="revoked")


def _deactivate_the_inviter(outside: Outside) -> None:
    Membership.objects.filter(user=outside.case.creator.user).update(deactivated_at=timezone.now())


def _close_the_inviters_account(outside: Outside) -> None:
    User.objects.filter(pk=outside.case.creator.user.pk).update(is_active=False)


ENDS_WITH_REASON = (
    *(_withdraw, _reject, _take_the_approval_back),
    *(_deactivate_the_inviter, _close_the_inviters_account),
)
ENDS = (*ENDS_WITH_REASON, _revoke, _expire, _trash, _stop_its_source, _switch_off, _close, _erase, _delete)


@pytest.mark.parametrize("end", ENDS)
def test_a_link_that_ends_ends_every_page_at_the_next_request(
    outside: Outside, end: Callable[[Outside], None]
) -> None:
    client = inside(outside.link)
    assert ask(client, "guest-room", outside.link).status_code == 200
    end(outside)
    for name in OF_LINK:
        assert ask(client, name, outside.link).status_code == 404, name
    assert not gate.open_links(outside.link.email, at=timezone.now())


def test_a_session_ends_after_its_time_and_leads_to_the_door(outside: Outside) -> None:
    client = inside(outside.link)
    GuestSession.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    answer = ask(client, "guest-comment", outside.link)
    assert answer["Location"] == reverse("guest-door", args=[outside.link.key])
    assert not outside.link.remarks.exists()


def test_a_page_whose_session_has_ended_goes_to_the_door_and_keeps_what_was_typed(outside: Outside) -> None:
    client = inside(outside.link)
    GuestSession.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    address = reverse("guest-comment", args=[outside.link.key])
    answer = client.post(address, {"body": "The logo flickers"}, headers={"HX-Request": "true"})
    door = reverse("guest-door", args=[outside.link.key])
    assert (answer.status_code, answer["HX-Redirect"]) == (401, door)  # a refusal: the draft stays
    assert not outside.link.remarks.exists()


def test_who_leaves_is_out(outside: Outside) -> None:
    client = inside(outside.link)
    secret = client.cookies["guest"].value
    ask(client, "guest-leave", outside.link)
    client.cookies["guest"] = secret
    assert ask(client, "guest-video", outside.link).status_code == 302


def test_a_guest_is_nobody_in_the_brand(outside: Outside) -> None:
    client = inside(outside.link)
    brand = outside.case.brand.slug
    for name, args in (
        ("library", []),
        ("review", [outside.review.pk]),
        ("comments", [outside.case.version.pk]),
    ):
        assert client.get(reverse(name, args=[brand, *args])).status_code == 302
    for kind in ("proxy", "poster", "sprite", "master", "stream"):
        assert client.get(reverse("file", args=[brand, outside.case.version.pk, kind])).status_code in (
            302,
            401,
        )


def test_a_page_of_a_guest_names_no_file_of_the_brand(outside: Outside) -> None:
    page = ask(inside(outside.link), "guest-room", outside.link).content.decode()
    assert f"/b/{outside.case.brand.slug}/" not in page
    assert reverse("guest-video", args=[outside.link.key]) in page


def test_captions_are_read_along_with_the_video(outside: Outside) -> None:
    by = member(outside.case.brand, Role.CREATOR)
    tracks.put(outside.case.version, tracks.Said("en"), [(0, 900, "Hello")], by=by)
    client = inside(outside.link)
    address = reverse("guest-captions", args=[outside.link.key, "en"])
    with CaptureQueriesContext(connection) as asked:
        assert address in ask(client, "guest-room", outside.link).content.decode()
        assert b"Hello" in client.get(address).content
    assert sum(1 for each in asked if CaptionTrack._meta.db_table in each["sql"]) == 2  # once each
    assert client.get(reverse("guest-captions", args=[outside.link.key, "de"])).status_code == 404
    assert Client().get(address).status_code == 404


def test_nobody_downloads_unless_the_link_says_so(outside: Outside) -> None:
    client = inside(outside.link)
    assert ask(client, "guest-file", outside.link).status_code == 404
    assert "guest-file" not in words(ask(client, "guest-room", outside.link))


@pytest.mark.parametrize("state", ["approved", "changes_requested"])
def test_what_came_of_a_review_is_still_read(outside: Outside, state: str) -> None:
    client = inside(outside.link)
    Review.objects.filter(pk=outside.review.pk).update(state=state)
    assert ask(client, "guest-room", outside.link).status_code == 200


def test_somebody_else_sends_the_link_again_when_its_inviter_has_left_and_answers_for_it(
    outside: Outside,
) -> None:
    _deactivate_the_inviter(outside)
    other = member(outside.case.brand, Role.CREATOR)
    links.send_again(outside.link, by=other)
    link = gate.find(outside.link.key, at=timezone.now())
    assert link is not None
    assert link.created_by == other.user


def test_a_link_to_a_review_that_was_taken_back_is_sent_to_nobody_again(outside: Outside) -> None:
    _withdraw(outside)
    link = gate.links().get(pk=outside.link.pk)
    with pytest.raises(links.GuestRefused):
        links.send_again(link, by=outside.case.creator)


def test_a_clip_whose_model_is_not_cleared_can_be_reviewed_outside_and_not_be_released(
    outside: Outside,
) -> None:
    """What it is made with stops its release alone; what it is made from stops the link, too."""
    unknown = Weights(sha256="b" * 64, name="Somebody's", licence="")
    standings.record(outside.link.version, unknown)
    link = gate.links().get(pk=outside.link.pk)
    assert link.version.inherited.stopped
    assert gate.is_open(link, at=timezone.now())
    assert GuestLink.objects.filter(gate.unpaused(), pk=link.pk).exists()
    MadeFrom.objects.create(
        version=link.version,
        source=VersionFactory.create(asset__brand=link.brand),
        relation=Relation.COMPONENT,
    )
    link = gate.links().get(pk=outside.link.pk)
    assert not gate.is_open(link, at=timezone.now())
    assert not GuestLink.objects.filter(gate.unpaused(), pk=link.pk).exists()
