"""Outside reviewers who downloaded a marked copy are told of its recall by mail."""

import logging
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail, signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts import mails
from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.core import log_lines
from provenance.guests import erasing, links, recalled, tasks
from provenance.guests.models import GuestLink
from provenance.recalls import recalls
from provenance.recalls.models import Recall, RecallNotice
from provenance.review import reviews
from tests.factories import member
from tests.integration.provenance.guests.conftest import Outside
from tests.integration.provenance.web.room import signed_in

pytestmark = pytest.mark.django_db


def downloaded(outside: Outside) -> RecallNotice:
    """Ada downloads her copy, the clip is approved, and its approval is withdrawn."""
    links.record_download(GuestLink.objects.get(pk=outside.link.pk), at=timezone.now())
    case, review = outside.case, outside.review
    case.approve(review, by=case.brand_reviewer)
    case.approve(review, by=case.legal_reviewer)
    reviews.revoke(case.version, by=case.legal_reviewer, reason="A secret of ours")
    mail.outbox.clear()
    return RecallNotice.objects.get(reference=f"guest_link:{outside.link.pk}")


def test_they_are_told_once_without_the_reason(outside: Outside) -> None:
    notice = downloaded(outside)
    for _again in range(2):
        tasks.mail_guest_recall(notice.pk)
    (message,) = mail.outbox
    title = outside.case.version.asset.title
    assert (message.to, message.subject) == (["ada@agency.example"], f"“{title}” may no longer be used")
    assert outside.case.creator.user.name in str(message.body)
    assert "secret" not in str(message.body)
    notice.refresh_from_db()
    assert notice.mailed_at is not None
    page = signed_in(outside.case.legal_reviewer).get(
        reverse("recall", args=[outside.case.brand.slug, notice.recall_id])
    )
    assert "Told by email" in page.text


def test_where_the_server_is_away_they_are_told_an_hour_later(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice, now = downloaded(outside), timezone.now()

    def away(*_given: object, **_named: object) -> None:
        raise mails.NotSent

    with monkeypatch.context() as patched:
        patched.setattr(mails, "send", away)
        assert not recalled.tell(notice.pk, at=now)
    assert not recalled.tell(notice.pk, at=now + timedelta(minutes=59))
    assert recalled.tell(notice.pk, at=now + timedelta(minutes=60))
    assert len(mail.outbox) == 1


def test_what_is_due_is_offered_to_a_worker(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    notice, offered = downloaded(outside), []

    def offer(task: str, **given: Any) -> bool:
        offered.append((task, given))
        return True

    monkeypatch.setattr(recalled, "offer", offer)
    recalled.offer_all(at=timezone.now())
    assert offered == [(recalled.TASK, {"notice_id": notice.pk})]
    for nothing in ("told", "old", "lifted"):
        offered.clear()
        Recall.objects.update(
            at=timezone.now() - timedelta(days=31 if nothing == "old" else 0),
            lifted_at=timezone.now() if nothing == "lifted" else None,
        )
        if nothing == "told":
            RecallNotice.objects.update(mailed_at=timezone.now())
        recalled.offer_all(at=timezone.now())
        assert offered == [], nothing
        RecallNotice.objects.update(mailed_at=None)


def test_who_was_erased_is_not_written_to(outside: Outside) -> None:
    notice = downloaded(outside)
    admin = outside.case.legal_reviewer
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(admin), "require", lambda *_given, **_named: None)
        erasing.erase(outside.link, by=admin)
    assert not recalled.tell(notice.pk)
    assert mail.outbox == []


def test_members_are_not_mailed_by_this(outside: Outside) -> None:
    notice = downloaded(outside)
    RecallNotice.objects.filter(pk=notice.pk).update(reference=f"user:{outside.case.creator.user.pk}")
    assert not recalled.tell(notice.pk)
    assert recalls.notices([notice.recall_id]).get().state  # type: ignore[attr-defined]


def address(outside: Outside) -> tuple[RecallNotice, str]:
    """The notice, and the path that its mail leads to."""
    notice = downloaded(outside)
    assert recalled.tell(notice.pk)
    found = re.search(r"/guest/recall/[^/\s]+/", str(mail.outbox[-1].body))
    assert found
    notice.refresh_from_db()
    return notice, found[0]


def recall_page(outside: Outside, notice: RecallNotice, name: str = "recall") -> str:
    slug = outside.case.brand.slug
    answer = signed_in(outside.case.legal_reviewer).get(reverse(name, args=[slug, notice.recall_id]))
    return b"".join(answer).decode() if answer.streaming else unescape(answer.text)


def test_they_confirm_by_the_link_of_the_mail_with_a_note(outside: Outside) -> None:
    notice, page = address(outside)
    assert "0 of 1 confirmed" in recall_page(outside, notice)
    client = Client()
    shown = client.get(page)
    assert shown.headers["Referrer-Policy"] == "same-origin"  # with none browsers send forms without Origin
    assert "no-store" in shown.headers["Cache-Control"]
    assert "secret" not in shown.text
    assert client.post(page, {"note": "Gone from the server"}).headers["Location"] == page
    notice.refresh_from_db()
    assert notice.confirmed_at is not None
    assert "Gone from the server" in client.get(page).text
    said = recall_page(outside, notice)
    assert "1 of 1 confirmed" in said
    assert "Gone from the server" in said
    assert "confirmed" in recall_page(outside, notice, "recall-export")
    event = Event.objects.get(verb="recall.confirmed")
    assert event.actor_ref == f"guest_link:{outside.link.pk}"


def test_opening_the_link_changes_nothing_and_a_confirmation_can_be_taken_back(outside: Outside) -> None:
    notice, page = address(outside)
    client = Client()
    client.get(page)
    client.head(page)
    notice.refresh_from_db()
    assert notice.confirmed_at is None
    client.post(page, {"note": "Gone"})
    lost = client.post(page, {"note": "Another"})  # from another tab
    assert (lost.status_code, "“Another”" in unescape(lost.text)) == (409, True)
    client.post(page, {"do": "back"})
    notice.refresh_from_db()
    assert (notice.confirmed_at, notice.note) == (None, "Gone")
    assert client.post(page, {"note": "x" * 2001}).status_code == 422
    assert Event.objects.filter(verb="recall.taken_back").count() == 1


@pytest.mark.parametrize("wrong", ["guessed", "other", "erased", "old", "changed"])
def test_a_link_that_is_wrong_old_or_another_finds_nothing(
    outside: Outside, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice, page = address(outside)
    if wrong == "guessed":
        page = page[:-5] + "AAAA/"
    elif wrong == "other":  # signed for something else
        page = "/guest/recall/" + signing.dumps([notice.pk, "x"], salt="another") + "/"
    elif wrong == "erased":
        GuestLink.objects.update(erased_at=timezone.now())
    elif wrong == "old":
        monkeypatch.setattr(recalls, "ANSWERED_FOR", timedelta(seconds=-1))
    else:
        GuestLink.objects.update(email="ben@agency.example")
    for answer in (Client().get(page), Client().post(page, {"note": ""})):
        assert answer.status_code == 404
        assert outside.case.version.asset.title not in answer.text
    notice.refresh_from_db()
    assert notice.confirmed_at is None


def test_too_many_tries_are_refused(outside: Outside) -> None:
    notice, page = address(outside)
    cache.clear()
    client = Client()
    for _again in range(30):
        assert client.get(page).status_code == 200
    refused = client.post(page, {"note": "Kept in the form"})
    assert refused.status_code == 429
    assert "Kept in the form" in refused.text
    notice.refresh_from_db()
    assert notice.confirmed_at is None


def test_what_may_be_used_again_is_not_confirmed(outside: Outside) -> None:
    notice, page = address(outside)
    Recall.objects.update(lifted_at=timezone.now(), ended_at=timezone.now(), review=None)
    assert "may be used again" in Client().get(page).text
    Client().post(page, {"note": ""})
    notice.refresh_from_db()
    assert notice.confirmed_at is None


def test_a_reminder_mails_those_outside_who_have_not_confirmed(outside: Outside) -> None:
    notice, _page = address(outside)
    later = timezone.now() + timedelta(days=1, minutes=1)
    assert recalls.remind(notice.recall, by=outside.case.legal_reviewer, at=later) == 1
    assert recalled.remind(notice.pk, at=later)
    assert len(mail.outbox) == 2
    assert not recalled.remind(notice.pk, at=later)  # twice at once
    RecallNotice.objects.update(confirmed_at=later)
    assert not recalled.remind(notice.pk, at=later + timedelta(days=1))


def test_who_can_no_longer_answer_keeps_no_recall_open(outside: Outside) -> None:
    notice, _page = address(outside)
    assert recalls.counts([notice.recall_id])[notice.recall_id]["waiting"] == 1
    RecallNotice.objects.update(link_sent_at=timezone.now() - timedelta(days=91))
    assert recalls.counts([notice.recall_id])[notice.recall_id]["away"] == 1
    RecallNotice.objects.update(link_sent_at=timezone.now())
    admin = member(outside.case.brand, Role.ADMIN)
    erasing.erase(outside.link, by=admin)
    assert recalls.counts([notice.recall_id])[notice.recall_id]["away"] == 1


def test_who_was_told_before_mails_had_a_link_keeps_no_recall_open(outside: Outside) -> None:
    notice, _page = address(outside)
    RecallNotice.objects.update(link_sent_at=None)
    assert recalls.counts([notice.recall_id])[notice.recall_id]["away"] == 1


def test_the_secret_of_the_link_is_in_no_log(outside: Outside, caplog: pytest.LogCaptureFixture) -> None:
    _notice, page = address(outside)
    secret = page.strip("/").rpartition("/")[2]
    caplog.set_level(logging.INFO)
    Client().post(page, {"note": "x" * 2001})
    Client(enforce_csrf_checks=True).post(page, {"note": ""})
    assert "POST /guest/recall/…" in caplog.text
    lines = [log_lines.Lines("%(message)s").format(each) for each in caplog.records]
    assert not any(secret in line for line in lines)
