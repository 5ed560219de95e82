"""The room of a review, as a browser asks for it and answers it."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from dam.accounts.principals import Member
from provenance.review.models import Review
from tests.factories import PASSWORD

HTMX = {"HX-Request": "true"}


def signed_in(person: Member) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def page(person: Member, name: str, *args: object) -> str:
    """The text of a page, its tags taken out."""
    brand = person.brand
    response = signed_in(person).get(reverse(name, args=[brand.slug, *args]))
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def decide(review: Review, *, by: Member, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    """Post the form as the page would send it when filled in for the web and the EU."""
    form = {
        "kind": "approve",
        "sha256": review.version.sha256,
        "uses": ["web"],
        "where": "EU",
        "password": PASSWORD,
        **changes,
    }
    sent = {name: value for name, value in form.items() if value is not None}
    address = reverse("review-decide", args=[review.brand.slug, review.pk])
    return signed_in(by).post(address, sent, headers=headers or HTMX)
