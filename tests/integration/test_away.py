"""Broker and cache are gone: every page answers, what was decided stands, and pages say what waits."""

import html
import socket
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from dam.accounts.principals import Member
from dam.audit import chain_checks
from dam.catalog.models import Approval
from dam.core import storage, tasks, wire
from dam.core.breaker import Breaker
from dam.ingest import recovery, step_specs, steps, uploads
from generation import jobs
from generation.models import GenerationJob
from provenance.manifests import public_checks
from provenance.models import Release
from provenance.releases import recovery as releases_recovery
from provenance.review.models import Review
from tests.factories import PASSWORD
from tests.integration.generation.briefs import BRIEF
from tests.integration.generation.models import write_card
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
HEAD = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _all_away(
    settings: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"redis://127.0.0.1:{free.getsockname()[1]}/0"
    settings.CACHE_URL = nobody
    settings.CACHES = {name: {**each, "LOCATION": nobody} for name, each in settings.CACHES.items()}
    monkeypatch.setattr(wire, "breaker", Breaker(seconds=5))

    def refuse(task: str, **ids: object) -> None:
        raise OperationalError("Connection refused")

    monkeypatch.setattr(tasks, "send", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        yield


def as_person(person: Member) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def test_people_sign_in_and_wrong_passwords_are_still_counted() -> None:
    person = Case().creator
    client = Client()
    form = {"login": person.user.email, "password": "wrong"}
    for _ in range(6):
        page = client.post(reverse("account_login"), form)
        assert page.status_code in (200, 429)
    assert "Too many" in page.content.decode()
    other = Case().creator
    answer = client.post(reverse("account_login"), {"login": other.user.email, "password": PASSWORD})
    assert answer.status_code == 302


def test_a_clip_is_sent_to_review_and_approved_and_the_page_says_that_signing_waits(
    django_capture_on_commit_callbacks: Any,
) -> None:
    case = Case()
    place = [case.brand.slug, case.version.asset_id]
    assert as_person(case.creator).post(reverse("review-submit", args=place), {"note": ""}).status_code == 302
    review = Review.objects.get()
    form = {"kind": "approve", "sha256": case.version.sha256, "uses": ["web"], "where": "EU"}
    form |= {"password": PASSWORD}
    for person in (case.brand_reviewer, case.legal_reviewer):
        client = as_person(person)
        assert client.get(reverse("review", args=[case.brand.slug, review.pk])).status_code == 200
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(reverse("review-decide", args=[case.brand.slug, review.pk]), form)
        assert answer.status_code == 302, answer.content.decode()
    case.version.refresh_from_db()
    assert case.version.approval == Approval.APPROVED
    assert Release.objects.get().state == "signing"
    text = as_person(case.creator).get(reverse("asset-review", args=place)).content.decode()
    assert "Signing is paused." in text


def test_takes_are_asked_for(settings: Any, tmp_path: Any) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))
    person = Case().creator
    page = as_person(person).get(reverse("generate", args=[person.brand.slug]))
    names = ("size", "frames", "steps", "guidance", "takes", "key")
    form = {name: page.context["form"].initial[name] for name in names} | {"prompt": "A red ball"}
    answer = as_person(person).post(reverse("generate", args=[person.brand.slug]), form, follow=True)
    assert "Queued" in answer.content.decode()
    assert GenerationJob.objects.count() == 1


def test_what_was_not_sent_is_sent_as_soon_as_the_broker_is_back(
    settings: Any,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.STORAGE = str(tmp_path / "storage")
    case = Case()
    approved = Case()
    with django_capture_on_commit_callbacks(execute=True):
        jobs.request(by=case.creator, brief=BRIEF)
        steps.begin(case.version)
        upload = uploads.create(brand=case.brand, user=case.creator.user, filename="a.mp4", size=len(HEAD))
        uploads.write(upload, offset=0, piece=BytesIO(HEAD), length=len(HEAD))
        chain_checks.ask(case.brand)
        approved.approve(approved.submit(), by=approved.brand_reviewer)
        approved.approve(Review.objects.get(), by=approved.legal_reviewer)
    sent: list[str] = []
    monkeypatch.setattr(tasks, "send", lambda task, **_: sent.append(task))
    minute_later = timezone.now() + timedelta(minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        recovery.run()
        jobs.recover()
        releases_recovery.recover(at=minute_later)
        chain_checks.ask(case.brand)  # not refused as one that is under way
    waiting = {"check.upload", "gpu.generate", "sign.release", "transcode.check_trail"}
    assert waiting | {
        spec.task for spec in step_specs.table() if not spec.after and spec.on_arrival and "video" in spec.of
    } == set(sent)


@pytest.mark.parametrize("name", ["library", "reviews", "activity", "trash"])
def test_every_other_page_is_there(name: str) -> None:
    case = Case()
    case.submit()
    answer = as_person(case.creator).get(reverse(name, args=[case.brand.slug]), {"q": "red ball"})
    assert answer.status_code in (200, 403)


def test_a_file_that_cannot_be_verified_now_is_told_and_not_kept() -> None:
    before = list(storage.entries(public_checks.FOLDER))
    file = SimpleUploadedFile("clip.mp4", b"bytes")
    answer = Client().post(reverse("verify"), {"file": file})
    assert answer.status_code == 503
    assert "Files can't be verified right now" in html.unescape(answer.content.decode())
    assert list(storage.entries(public_checks.FOLDER)) == before
