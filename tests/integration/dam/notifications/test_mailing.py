"""Mails of notifications: one for many, when their reader wants them, of what they may still see."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.catalog.models import RenditionKind
from dam.notifications import choices, following, mailing
from dam.notifications.choices import Choice
from dam.notifications.kinds import Mail
from dam.notifications.models import Notification
from provenance.review import assigning, comments, corrections, reviews
from provenance.review.assigning import Assignment
from tests.factories import RenditionFactory, VersionFactory
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def noon() -> datetime:
    return timezone.now().replace(hour=12)


@pytest.fixture
def case() -> Case:
    """Comments are mailed to the creator at once."""
    made = Case()
    choices.choose(made.creator, {"commented": Choice(page=True, mail=Mail.AT_ONCE)})
    comments.add(made.version, by=made.brand_reviewer, body="Lovely light")
    following.run(made.brand.pk, at=noon())
    return made


def later(**by: float) -> datetime:
    return noon() + timedelta(**by)


def test_a_mail_says_who_did_what_and_leads_there(case: Case) -> None:
    mailing.send_due(at=later(minutes=5))
    (message,) = mail.outbox
    assert message.to == [case.creator.user.email]
    assert str(case.brand_reviewer) in message.subject
    assert "Lovely light" in message.body
    assert f"/b/{case.brand.slug}/notifications/" in message.body


def test_it_is_sent_once(case: Case) -> None:
    mailing.send_due(at=later(minutes=5))
    mailing.send_due(at=later(minutes=10))
    assert len(mail.outbox) == 1


def test_many_come_in_one_mail(case: Case) -> None:
    comments.add(case.version, by=case.legal_reviewer, body="Which song is this?")
    following.run(case.brand.pk, at=noon())
    mailing.send_due(at=later(minutes=5))
    (message,) = mail.outbox
    assert "Lovely light" in message.body
    assert "Which song" in message.body


def test_what_was_read_in_the_page_is_not_mailed(case: Case) -> None:
    client = Client()
    client.force_login(case.creator.user)
    row = Notification.objects.get(user=case.creator.user)
    assert client.get(f"/b/{case.brand.slug}/notifications/{row.pk}/").status_code == 302
    mailing.send_due(at=later(minutes=5))
    assert not mail.outbox


def test_what_may_no_longer_be_seen_is_not_mailed(case: Case) -> None:
    Membership.objects.filter(user=case.creator.user).update(role=Role.VIEWER)
    mailing.send_due(at=later(minutes=5))
    assert not mail.outbox


def test_a_digest_waits_for_its_hour() -> None:
    case = Case()
    choices.choose(case.creator, {"commented": Choice(page=True, mail=Mail.DIGEST)})
    comments.add(case.version, by=case.brand_reviewer, body="Lovely light")
    following.run(case.brand.pk, at=noon())
    mailing.send_due(at=later(hours=1))
    assert not mail.outbox
    mailing.send_due(at=later(hours=24))
    assert len(mail.outbox) == 1


def test_one_click_in_the_mail_ends_mails_of_its_kind_and_no_other(case: Case) -> None:
    mailing.send_due(at=later(minutes=5))
    address = urlsplit(mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")).path
    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    chosen = choices.of(case.creator)
    assert chosen["commented"] == Choice(page=True, mail=Mail.OFF)
    assert chosen["decided"].mail is Mail.AT_ONCE


def test_a_mail_server_that_is_away_gets_it_later(case: Case, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    mailing.send_due(at=later(minutes=5))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mailing.send_due(at=later(minutes=6))
    assert not mail.outbox
    mailing.send_due(at=later(minutes=16))
    assert len(mail.outbox) == 1


def test_what_waited_too_long_is_dropped(case: Case) -> None:
    mailing.send_due(at=later(days=5))
    assert not mail.outbox
    assert not Notification.objects.filter(mail_due_at__isnull=False).exists()


def test_of_all_that_is_due_a_slice_is_read(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several people, of whom a slice sends to one, then there is more; at the end nothing is left."""
    choices.choose(case.brand_reviewer, {"commented": Choice(page=True, mail=Mail.AT_ONCE)})
    comments.add(case.version, by=case.legal_reviewer, body="Which song is this?")
    following.run(case.brand.pk, at=noon())
    monkeypatch.setattr(mailing, "PEOPLE_AT_ONCE", 1)
    slices = 0
    while mailing.send_due(at=later(minutes=5)):
        slices += 1
    assert slices == len(mail.outbox) - 1 > 0


def test_what_another_worker_holds_is_not_asked_for_again_and_again(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "READ_AT_ONCE", 1)
    monkeypatch.setattr(mailing, "_send", lambda *_facts: False)
    assert not mailing.send_due(at=later(minutes=5))


def test_a_mail_of_several_reviews_says_first_what_is_asked(case: Case) -> None:
    choices.choose(case.brand_reviewer, {"asked": Choice(page=True, mail=Mail.AT_ONCE)})
    reviewer, mailed = case.brand_reviewer.user.email, len(mail.outbox)
    case.submit()
    other = VersionFactory.create(asset__brand=case.brand, asset__created_by=case.creator.user)
    RenditionFactory.create(version=other, kind=RenditionKind.PROXY)
    reviews.submit(other, by=case.creator)
    following.run(case.brand.pk, at=noon())
    while mailing.send_due(at=later(minutes=5)):
        pass
    message = next(each for each in mail.outbox[mailed:] if each.to == [reviewer])
    assert message.subject == f"2 reviews in {case.brand} wait for you"
    assert f"2 reviews in {case.brand} wait for your decisions." in message.body


def test_a_mail_of_an_assignment_has_the_comments_words_as_they_are_now_and_its_day() -> None:
    case = Case()
    choices.choose(case.creator, {"commented": Choice(page=True, mail=Mail.OFF)})
    case.brand.time_zone = "Europe/Helsinki"
    case.brand.save()
    remark = comments.add(case.version, by=case.brand_reviewer, body="The logo flickrs")
    due = datetime(2030, 5, 2, 22, 30, tzinfo=UTC)  # a day later in Helsinki
    to = case.creator.user
    assigning.assign(remark, to=to, due_at=due, seen=Assignment(), by=case.brand_reviewer)
    corrections.edit(remark, by=case.brand_reviewer, body="The logo flickers")
    following.run(case.brand.pk, at=noon())
    mailing.send_due(at=later(minutes=5))
    (message,) = [each for each in mail.outbox if "assigned" in each.subject]
    said = f"{case.brand_reviewer} assigned a comment to you, due 3 May 2030"
    assert message.subject == f"{case.version.asset.title}: {said}"
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    for text in (message.body, html):
        assert said in " ".join(text.split())
        assert "The logo flickers" in text


def test_a_comment_that_was_deleted_is_not_quoted_to_whom_it_was_assigned() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.brand_reviewer, body="The logo flickers")
    to = case.creator.user
    assigning.assign(remark, to=to, due_at=None, seen=Assignment(), by=case.brand_reviewer)
    corrections.delete(remark, by=case.brand_reviewer)
    following.run(case.brand.pk, at=noon())
    mailing.send_due(at=later(minutes=5))
    assert "assigned a comment" in mail.outbox[0].subject
    assert "flickers" not in mail.outbox[0].body
