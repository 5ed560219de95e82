"""Asking somebody from outside: who may, what is refused, and what the brand sees of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Rendition
from provenance.guests import links, rules, tasks, tending
from provenance.guests.links import GuestRefused
from provenance.guests.models import GuestLink
from provenance.guests.rules import May
from tests.factories import member
from tests.integration.provenance.guests.conftest import Outside, inside, invite
from tests.integration.provenance.web.room import signed_in

pytestmark = pytest.mark.django_db
FORM = {"email": "Cleo@Studio.example", "name": "Cleo", "may": "comment", "days": "14"}


def page(outside: Outside) -> str:
    return reverse("review-guests", args=[outside.case.brand.slug, outside.review.pk])


def test_somebody_is_asked_and_the_link_is_mailed(outside: Outside) -> None:
    answer = signed_in(outside.case.creator).post(page(outside), {**FORM, "message": "Please look"})
    assert answer.status_code == 302
    link = GuestLink.objects.get(email="cleo@studio.example")
    assert (link.may, link.proof, link.may_download, link.digest) == ("comment", "code", False, "")
    assert link.expires_at - link.created_at == timedelta(days=rules.DAYS)
    for _ in range(2):
        tasks.send_guest_link(link.pk)
    assert [message.to for message in mail.outbox] == [["cleo@studio.example"]]
    assert "Please look" in str(mail.outbox[0].body)


def test_where_mail_is_off_the_link_is_shown_once_and_needs_a_passphrase(
    outside: Outside, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "dam.core.mail_files.EmailBackend"
    from dam.core import mail_files

    settings.EMAIL_BACKEND = mail_files.BACKEND
    client = signed_in(outside.case.creator)
    assert re.search(r'<input[^>]*name="passphrase"[^>]*required', client.get(page(outside)).content.decode())
    assert client.post(page(outside), FORM).status_code == 422
    made = client.post(page(outside), {**FORM, "passphrase": "correct horse battery"})
    assert "/guest/open/rpg_" in made.content.decode()
    assert "/guest/open/rpg_" not in client.get(page(outside)).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "a@" + "x" * 260 + ".example"),
        ("name", " \u202e "),
        ("name", "x" * 81),
        ("may", "decide"),
        ("days", "0"),
        ("days", "91"),
        ("passphrase", "short"),
        ("message", "x" * 1001),
    ],
)
def test_what_does_not_fit_is_refused_with_what_was_typed(outside: Outside, field: str, value: str) -> None:
    answer = signed_in(outside.case.creator).post(page(outside), {**FORM, field: value})
    assert answer.status_code == 422
    assert GuestLink.objects.count() == 1
    assert "Cleo" in answer.content.decode() or field == "name"


def test_an_address_has_one_link_to_a_review_until_it_ends(outside: Outside) -> None:
    with pytest.raises(GuestRefused, match="has a link"):
        outside.another(email="ADA@agency.example")
    links.revoke(outside.link, by=outside.case.creator)
    again = outside.another(email="ada@agency.example")
    GuestLink.objects.filter(pk=again.pk).update(expires_at=timezone.now())
    assert outside.another(email="ada@agency.example").pk != again.pk


def test_a_brand_that_has_not_said_so_shares_with_nobody(outside: Outside) -> None:
    outside.case.brand.guest_reviews = False
    outside.case.brand.save()
    with pytest.raises(GuestRefused, match="people outside"):
        invite(outside.case, outside.review.__class__.objects.get(pk=outside.review.pk), email="b@c.example")
    shown = signed_in(outside.case.creator).get(page(outside)).content.decode()
    assert "Someone who manages the brand can switch it on" in shown
    admin = signed_in(member(outside.case.brand, Role.ADMIN)).get(page(outside)).content.decode()
    assert reverse("brand", args=[outside.case.brand.slug]) + "#id_guest_reviews" in admin


def test_only_what_has_a_preview_in_an_open_review_is_shared(outside: Outside) -> None:
    Rendition.objects.all().delete()
    review = outside.review.__class__.objects.get(pk=outside.review.pk)
    with pytest.raises(GuestRefused, match="isn't ready"):
        invite(outside.case, review, email="b@c.example")
    outside.case.add_version()
    review.refresh_from_db()
    with pytest.raises(GuestRefused, match="over"):
        invite(outside.case, review, email="b@c.example")


@pytest.mark.parametrize("role", list(Role))
def test_whoever_submits_or_decides_shares(outside: Outside, role: Role) -> None:
    by = member(outside.case.brand, role)
    given: dict[str, Any] = {"email": "d@e.example", "name": "D", "may": May.VIEW}
    if role is Role.VIEWER:
        with pytest.raises(PermissionDenied):
            links.create(outside.review, by=by, **given)
    else:
        assert links.create(outside.review, by=by, **given)


def test_the_brand_sees_who_came_and_when_and_no_address_of_theirs(outside: Outside) -> None:
    client = inside(outside.link)
    client.get(reverse("guest-room", args=[outside.link.key]), REMOTE_ADDR="203.0.113.9")
    shown = signed_in(outside.case.creator).get(page(outside)).content.decode()
    assert "Views" in shown
    assert "not played" in shown
    assert "127.0.0.1" not in shown
    assert "203.0.113.9" not in str(list(Event.objects.values())) + str(list(outside.link.sessions.values()))


def test_a_revoked_link_is_told_and_revoked_once(outside: Outside) -> None:
    address = reverse("guest-link-revoke", args=[outside.case.brand.slug, outside.review.pk, outside.link.pk])
    client = signed_in(outside.case.brand_reviewer)
    for _ in range(2):
        assert client.post(address).status_code == 302
    assert Event.objects.filter(verb="guest.revoked").count() == 1
    assert "Revoked" in client.get(page(outside)).content.decode()
    assert trail.first_broken(outside.case.brand) is None


def test_a_link_of_another_review_is_not_revoked_below_this_one(outside: Outside) -> None:
    other = outside.case.__class__(brand=outside.case.brand).submit()
    address = reverse("guest-link-revoke", args=[outside.case.brand.slug, other.pk, outside.link.pk])
    assert signed_in(outside.case.creator).post(address).status_code == 404


def test_a_link_whose_message_was_lost_is_mailed_later_and_once(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def offer(name: str, **ids: int) -> bool:
        sent.append(name)
        return True

    monkeypatch.setattr(tending, "offer", offer)
    at = timezone.now()
    tending.run(at=at)
    assert sent == []
    tending.run(at=at + timedelta(minutes=3))
    assert sent == [links.SEND]
    tasks.send_guest_link(outside.link.pk)
    tending.run(at=at + timedelta(minutes=3))
    assert sent == [links.SEND]


def test_a_link_is_sent_again_so_often_and_no_more(outside: Outside) -> None:
    client = signed_in(outside.case.creator)
    address = reverse("guest-link-again", args=[outside.case.brand.slug, outside.review.pk, outside.link.pk])
    for _ in range(6):
        client.post(address)
    assert Event.objects.filter(verb="guest.invited_again").count() == 5


def test_one_person_asks_so_many_and_no_more(outside: Outside, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "guest_invite": "1/h/key"}
    client = signed_in(outside.case.creator)
    address = reverse("review-guests", args=[outside.case.brand.slug, outside.review.pk])
    sent = {"name": "Eve", "may": "view", "days": "3"}
    statuses = [
        client.post(address, {**sent, "email": f"eve{number}@agency.example"}).status_code
        for number in range(2)
    ]
    assert statuses == [302, 422]


def test_a_download_in_parts_is_one_event(outside: Outside) -> None:
    at = timezone.now()
    for minutes in (0, 1, 59, 61):
        links.record_download(outside.link, at=at + timedelta(minutes=minutes))
    assert Event.objects.filter(verb="guest.downloaded").count() == 2
    links.record_download(outside.another(), at=at)
    assert Event.objects.filter(verb="guest.downloaded").count() == 3
