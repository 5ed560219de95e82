"""Review on the asset page, as a browser asks for it and answers it."""

from typing import Any

from django.urls import reverse

from dam.accounts.principals import Member
from tests.integration.provenance.web.room import HTMX, signed_in
from tests.review_factory import Case


def panel(case: Case, person: Member) -> str:
    response = signed_in(person).get(reverse("asset-review", args=[case.brand.slug, case.version.asset_id]))
    assert response.status_code == 200
    return response.content.decode()


def send(case: Case, name: str, person: Member, **data: Any) -> Any:
    address = reverse(name, args=[case.brand.slug, case.version.asset_id])
    return signed_in(person).post(address, data, headers=HTMX)


def comment(case: Case, person: Member, **data: Any) -> Any:
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    return signed_in(person).post(address, data, headers=HTMX)
