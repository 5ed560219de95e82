"""Outside reviewers who downloaded a marked copy are told of its recall by mail."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from dam.accounts import mails
from provenance.guests import erasing, links, recalled, tasks
from provenance.guests.models import GuestLink
from provenance.recalls import recalls
from provenance.recalls.models import Recall, RecallNotice
from provenance.review import reviews
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
