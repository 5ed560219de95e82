"""A review that somebody outside was asked to, and their way in."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dam.catalog.models import Rendition, RenditionKind
from dam.core import storage
from provenance.guests import links, tasks
from provenance.guests.models import CopyState, GuestLink, MarkedCopy
from provenance.guests.rules import May
from provenance.review.models import Review
from tests import media_factory
from tests.review_factory import Case


@dataclass
class Outside:
    """`case` is the brand's side; `link` that of Ada, who may all that a guest can."""

    case: Case
    review: Review
    link: GuestLink

    def another(self, email: str = "ben@agency.example", **given: Any) -> GuestLink:
        return invite(self.case, self.review, email=email, **given)


def invite(case: Case, review: Review, **given: Any) -> GuestLink:
    usual: dict[str, Any] = {"email": "ada@agency.example", "name": "Ada", "may": May.RECOMMEND}
    link = links.create(review, by=case.creator, **{**usual, **given})
    MarkedCopy.objects.filter(link=link).update(
        state=CopyState.READY,
        storage_key=f"{link.pk}/none",
        sha256="0" * 64,
        size=4,
        content_type="video/mp4",
    )
    return link


def code_sent() -> str:
    return re.search(r"\b\d{6}\b", mail.outbox[-1].subject + str(mail.outbox[-1].body))[0]  # type: ignore[index]


def secret_of(link: GuestLink) -> str:
    return links.new_secret(link)


def at_door(link: GuestLink, client: Client | None = None) -> Client:
    client = client or Client()
    client.get(reverse("guest-open", args=[secret_of(link)]))
    return client


def inside(link: GuestLink, client: Client | None = None) -> Client:
    """Somebody who came by the link and typed the code that was mailed."""
    client = at_door(link, client)
    client.post(reverse("guest-code", args=[link.key]))
    tasks.send_guest_code(link.pk)
    entered = client.post(reverse("guest-enter", args=[link.key]), {"code": code_sent()})
    assert entered.status_code == 302, entered.content.decode()
    return client


@pytest.fixture
def outside(no_worker: None, settings: Any) -> Outside:
    cache.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    case = Case()
    case.brand.guest_reviews = True
    case.brand.save(update_fields=["guest_reviews"])
    review = case.submit()
    return Outside(case, review, invite(case, review))


@pytest.fixture
def waiting(outside: Outside, tmp_path: Path) -> MarkedCopy:
    """A copy that nobody has made yet, of a proxy that is there."""
    film = media_factory.movie(tmp_path / "proxy.mp4")
    stored = storage.put(film, brand_id=outside.case.brand.pk, suffix=".mp4")
    Rendition.objects.filter(kind=RenditionKind.PROXY).update(
        storage_key=stored.key, sha256=stored.sha256, size=stored.size
    )
    MarkedCopy.objects.update(state=CopyState.WAITING, storage_key="", sha256="", size=None, due_at=None)
    return MarkedCopy.objects.select_related("link").get(link=outside.link)
