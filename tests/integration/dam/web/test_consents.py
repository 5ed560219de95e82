"""The list of consents on a clip's tab of rights, its forms, and documents that no browser opens."""

import asyncio
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import Approval, Version
from dam.core import storage
from dam.rights.models import Consent, RightsRecord
from tests.factories import BrandFactory, VersionFactory, member

PDF = b"%PDF-1.7 nothing that anybody opens"
ADA = {"kind": "model", "name": "Ada Example", "covers": "Social media"}


@pytest.fixture
def draft(brand: Brand) -> Version:
    made: Version = VersionFactory.create(asset__brand=brand)
    return made


def browser(brand: Brand, role: Role) -> Client:
    client = Client()
    client.force_login(member(brand, role).user)
    return client


def address(version: Version, *parts: object) -> str:
    return f"/b/{version.brand.slug}/assets/{version.asset_id}/consents/" + "".join(
        f"{each}/" for each in parts
    )


def tab(client: Client, version: Version) -> str:
    return unescape(client.get(f"/b/northwind/assets/{version.asset_id}/?tab=rights").content.decode())


def read(answer: Any) -> bytes:
    async def blocks() -> bytes:
        return b"".join([block async for block in answer.streaming_content])

    return asyncio.run(blocks()) if answer.is_async else b"".join(answer.streaming_content)


def sent(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="text/html")


def test_a_consent_is_added_seen_and_changed(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.CREATOR)
    answer = client.post(address(draft), {**ADA, "until": "2027-03-28"})
    assert answer.headers["Location"].endswith("?tab=rights")
    page = tab(client, draft)
    assert all(
        word in page for word in ("Ada Example", "Model release", "Social media", "Until 28 March 2027.")
    )
    consent = Consent.objects.get()
    form = client.get(address(draft, consent.pk)).content.decode()
    assert 'value="2027-03-28"' in form
    client.post(address(draft, consent.pk), {**ADA, "until": "", "seen": "0"})
    assert "No end date." in tab(client, draft)


def test_a_licence_is_kept_with_its_document_and_its_own_end(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.CREATOR)
    licence = {"kind": "licence", "name": "Stock 12, order 4711", "covers": "Worldwide, online"}
    client.post(address(draft), {**licence, "until": "2027-03-28", "document": sent("licence.pdf", PDF)})
    page = tab(client, draft)
    assert all(word in page for word in ("Licence", "Stock 12, order 4711", "Until 28 March 2027."))
    assert read(client.get(address(draft, Consent.objects.get().pk, "document"))) == PDF
    # What the licence no longer covers can't be used, as with every consent.
    record = RightsRecord.objects.get(version=draft)
    assert record.consents_until is not None


def test_the_tab_lists_them_once(brand: Brand, draft: Version) -> None:
    browser(brand, Role.CREATOR).post(address(draft), ADA)
    assert tab(browser(brand, Role.CREATOR), draft).count(">Consents and licences<") == 1


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("America/Los_Angeles", datetime(2027, 3, 29, 6, 59, 59, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2027, 3, 28, 14, 59, 59, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2027, 3, 28, 21, 59, 59, tzinfo=UTC)),  # the day on which clocks go ahead
    ],
)
def test_the_last_day_ends_where_the_brand_is(brand: Brand, draft: Version, zone: str, end: datetime) -> None:
    Brand.objects.filter(pk=brand.pk).update(time_zone=zone)
    client = browser(brand, Role.CREATOR)
    client.post(address(draft), {**ADA, "until": "2027-03-28"})
    assert RightsRecord.objects.get(version=draft).consents_until == end
    exact = end.replace(microsecond=999)
    Consent.objects.update(until=exact)
    consent = Consent.objects.get()
    client.post(address(draft, consent.pk), {**ADA, "name": "Grace", "until": "2027-03-28", "seen": "0"})
    assert Consent.objects.get().until == exact  # the day that was there keeps its last moment


def test_it_is_withdrawn_with_a_reason_and_that_is_taken_back(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.LEGAL_REVIEWER)
    client.post(address(draft), ADA)
    consent = Consent.objects.get()
    assert client.post(address(draft, consent.pk, "withdraw"), {"reason": ""}).status_code == 422
    client.post(address(draft, consent.pk, "withdraw"), {"reason": "By letter of 3 May"})
    page = tab(client, draft)
    assert "Withdrawn on" in page
    assert "By letter of 3 May" in page
    client.post(address(draft, consent.pk, "act"), {"do": "reinstate"})
    assert RightsRecord.objects.get(version=draft).consents_until is None


def test_what_another_changed_meanwhile_is_told_beside_what_was_typed(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.CREATOR)
    client.post(address(draft), ADA)
    consent = Consent.objects.get()
    client.post(address(draft, consent.pk), {**ADA, "until": "2027-01-31", "seen": "0"})
    told = client.post(address(draft, consent.pk), {**ADA, "name": "Grace", "seen": "0"})
    assert told.status_code == 422
    page = unescape(told.content.decode())
    assert "It now says: 31 January 2027" in page
    assert "It now says: Ada Example" in page
    assert 'value="Grace"' in page
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    client.post(address(draft, consent.pk), {**ADA, "name": "Grace", "seen": seen[1]})
    assert Consent.objects.get().name == "Grace"


@pytest.mark.parametrize(
    "name",
    [
        "..\\..\\evil\u202efdp.exe",
        'a"; filename=x.html',
        "line\r\nSet-Cookie: a=b.pdf",
        "<script>alert(1)</script>.pdf",
        "x" * 400 + ".pdf",
    ],
)
def test_a_document_is_given_back_as_it_came_and_never_shown(brand: Brand, draft: Version, name: str) -> None:
    client = browser(brand, Role.LEGAL_REVIEWER)
    data = PDF + b"<script>alert(1)</script>"
    client.post(address(draft), {**ADA, "document": sent(name, data)})
    consent = Consent.objects.get()
    assert len(consent.filename) <= 200
    answer = client.get(address(draft, consent.pk, "document"))
    assert read(answer) == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (
        "<script>alert"
        not in client.get(f"/b/northwind/assets/{draft.asset_id}/?tab=rights").content.decode()
    )


def test_a_file_that_is_no_document_leaves_the_form_with_what_was_typed(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.CREATOR)
    answer = client.post(address(draft), {**ADA, "document": sent("a.pdf", b"<html>")})
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert "can't be kept as a document" in page
    assert 'value="Ada Example"' in page
    assert not Consent.objects.exists()


def test_who_sees_what_is_released_alone_reads_no_names(brand: Brand, draft: Version) -> None:
    browser(brand, Role.LEGAL_REVIEWER).post(address(draft), {**ADA, "document": sent("a.pdf", PDF)})
    Version.objects.filter(pk=draft.pk).update(approval=Approval.APPROVED)
    draft.asset.released = draft
    draft.asset.save()
    viewer = browser(brand, Role.VIEWER)
    page = tab(viewer, draft)
    assert "Ada Example" not in page
    assert "Consents" not in page
    consent = Consent.objects.get()
    assert viewer.get(address(draft, consent.pk, "document")).status_code == 403
    assert viewer.get(address(draft)).status_code == 403


def test_below_another_brand_there_is_none(brand: Brand, draft: Version) -> None:
    browser(brand, Role.LEGAL_REVIEWER).post(address(draft), {**ADA, "document": sent("a.pdf", PDF)})
    consent = Consent.objects.get()
    other = VersionFactory.create(asset__brand=BrandFactory.create())
    stranger = browser(other.brand, Role.LEGAL_REVIEWER)
    for part in ("document", "withdraw"):
        assert stranger.get(address(draft, consent.pk, part)).status_code == 404
        there = address(other, consent.pk, part)
        assert stranger.get(there).status_code == 404
    assert stranger.get(address(other, consent.pk)).status_code == 404


def test_a_document_that_storage_lost_is_not_there(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.LEGAL_REVIEWER)
    client.post(address(draft), {**ADA, "document": sent("a.pdf", PDF)})
    consent = Consent.objects.get()
    storage.delete(consent.storage_key)
    assert client.get(address(draft, consent.pk, "document")).status_code == 404


def test_removing_and_erasing_say_first_what_they_do(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.ADMIN)
    client.post(address(draft), ADA)
    consent = Consent.objects.get()
    page = client.get(address(draft, consent.pk)).content.decode()
    assert "Remove from this version" in page
    assert "for good" in page
    client.post(address(draft, consent.pk, "erase"))
    assert "Name removed" in tab(client, draft)
    client.post(address(draft, consent.pk, "act"), {"do": "remove"})
    assert not Consent.objects.exists()
    assert client.post(address(draft, consent.pk, "act"), {"do": "something"}).status_code == 404


def test_the_list_costs_the_same_whatever_its_length(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.LEGAL_REVIEWER)
    client.post(address(draft), ADA)
    tab(client, draft)
    with CaptureQueriesContext(connection) as few:
        tab(client, draft)
    for _ in range(5):
        client.post(address(draft), ADA)
    tab(client, draft)
    with CaptureQueriesContext(connection) as many:
        tab(client, draft)
    assert len(many) == len(few)
