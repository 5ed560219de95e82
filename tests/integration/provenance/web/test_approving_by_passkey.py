"""Whoever approves shows that it is them: by a passkey, too, and without a password by their company."""

import json
import time
from typing import Any

import pytest
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.web import passkey_proofs
from provenance.review import reviews
from provenance.review.models import Decision, Review
from provenance.review.plans import Planned
from tests.factories import member
from tests.review_factory import Case
from tests.review_templates import template
from tests.webauthn_device import PRESENT, Device

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _forget_attempts() -> None:
    cache.clear()


@pytest.fixture
def case() -> Case:
    return Case()


def signed_in(person: Member) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def with_device(person: Member) -> Device:
    device = Device()
    made = device.made({"publicKey": {"challenge": "AAAA"}})
    WebAuthn.add(person.user, "MacBook", json.loads(made))
    return device


def asked(client: Client, review: Review) -> dict[str, Any]:
    answer = client.post(reverse("review-passkey", args=[review.brand.slug, review.pk]))
    options: dict[str, Any] = answer.json()["request_options"]
    return options


def approve(client: Client, review: Review, **more: str) -> int:
    form = {"kind": "approve", "sha256": review.version.sha256, "uses": ["web"], "where": "EU", **more}
    address = reverse("review-decide", args=[review.brand.slug, review.pk])
    return client.post(address, form, headers=HTMX).status_code


def test_a_passkey_stands_for_the_password(case: Case) -> None:
    review, client = case.submit(), signed_in(case.brand_reviewer)
    device = with_device(case.brand_reviewer)
    assert approve(client, review) == 422
    assert approve(client, review, passkey=device.signed(asked(client, review))) == 200
    assert Decision.objects.get().decided_by == case.brand_reviewer.user


def test_what_it_signed_is_good_for_one_content_and_one_try(case: Case) -> None:
    review, other, client = case.submit(), Case(), signed_in(case.brand_reviewer)
    device = with_device(case.brand_reviewer)
    answer = device.signed(asked(client, review))
    assert approve(client, review, passkey=answer, sha256="0" * 64) == 422
    assert approve(client, review, passkey=answer) == 422  # it was spent
    again = device.signed(asked(client, review))
    with_device(other.brand_reviewer)
    elsewhere = signed_in(other.brand_reviewer)
    theirs = other.submit()
    asked(elsewhere, theirs)
    assert approve(elsewhere, theirs, passkey=again) == 422
    assert not Decision.objects.exists()


def test_a_passkey_of_someone_else_or_without_its_owner_approves_nothing(case: Case) -> None:
    review, client = case.submit(), signed_in(case.brand_reviewer)
    device = with_device(case.brand_reviewer)
    stranger = Device(id=b"another")
    assert approve(client, review, passkey=stranger.signed(asked(client, review))) == 422
    device.flags = PRESENT
    assert approve(client, review, passkey=device.signed(asked(client, review))) == 422
    for made_up in ("null", "[]", "{", '{"response": 1}', "x" * 21_000):
        asked(client, review)
        assert approve(client, review, passkey=made_up) == 422


def test_what_it_signed_for_a_rejection_approves_nothing(case: Case) -> None:
    review, client = case.submit(), signed_in(case.brand_reviewer)
    device = with_device(case.brand_reviewer)
    address = reverse("review-passkey", args=[review.brand.slug, review.pk])
    answer = client.post(address, query_params={"kind": "reject"})
    assert approve(client, review, passkey=device.signed(answer.json()["request_options"])) == 422
    assert client.post(address, query_params={"kind": "shred"}).status_code == 400


def test_a_withdrawal_is_signed_by_a_passkey_as_well(case: Case) -> None:
    case.approve_all()
    client, device = signed_in(case.legal_reviewer), with_device(case.legal_reviewer)
    options = client.post(reverse("review-revoke-passkey", args=[case.brand.slug, case.version.asset_id]))
    given = {"reason": "Ended", "passkey": device.signed(options.json()["request_options"])}
    address = reverse("review-revoke", args=[case.brand.slug, case.version.asset_id])
    assert client.post(address, given, headers=HTMX).status_code == 200
    case.version.refresh_from_db()
    assert case.version.approval == "withdrawn"


def test_a_challenge_ends_after_some_minutes(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    review, client = case.submit(), signed_in(case.brand_reviewer)
    answer = with_device(case.brand_reviewer).signed(asked(client, review))
    monkeypatch.setattr(passkey_proofs, "GOOD_FOR_SECONDS", -1.0)
    assert approve(client, review, passkey=answer) == 422


def came_by_company(client: Client, person: Member, *, ago: float) -> None:
    session = client.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": time.time() - ago}]
    session["account_authentication_methods_user"] = str(person.user.pk)
    session.save()


@pytest.mark.parametrize(
    ("ago", "has_password", "status"), [(60, False, 200), (600, False, 422), (60, True, 422)]
)
def test_without_password_and_passkey_the_companys_fresh_sign_in_counts(
    case: Case, ago: float, has_password: bool, status: int
) -> None:
    review, person = case.submit(), case.brand_reviewer
    if not has_password:
        person.user.set_unusable_password()
        person.user.save()
    client = signed_in(person)
    came_by_company(client, person, ago=ago)
    assert approve(client, review) == status


def test_only_who_decides_is_asked_for_a_passkey(case: Case) -> None:
    review = case.submit()
    address = reverse("review-passkey", args=[review.brand.slug, review.pk])
    assert signed_in(case.brand_reviewer).post(address).status_code == 404  # there is none yet
    assert signed_in(case.legal_reviewer).post(address).status_code == 403
    assert signed_in(member(case.version.brand)).post(address).status_code == 403


def test_what_it_signed_for_one_stage_is_no_proof_for_the_next(case: Case) -> None:
    first, second = (member(case.brand, Role.LEGAL_REVIEWER) for _each in range(2))
    used = template(case.brand, Planned("legal", "Market"), Planned("legal", "Global"))
    review = reviews.submit(case.version, by=case.creator, template=used.pk)
    client, device = signed_in(second), with_device(second)
    answer = device.signed(asked(client, review))
    case.approve(review, by=first)
    assert approve(client, review, passkey=answer, stage="1", approvals="0") == 422
    again = device.signed(asked(client, review))
    assert approve(client, review, passkey=again, stage="1", approvals="0") == 200
