"""What changed with a version: said with the upload or the restoring, and shown where versions are."""

import base64
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.bulk import sheets
from dam.catalog.models import Approval, Asset, DeclaredOrigin, Version
from dam.ingest import details, importer
from dam.ingest.details import Details
from dam.ingest.models import Upload, UploadState
from dam.rights import consents
from dam.rights.consents import Said
from dam.rights.models import ConsentLink, RightsRecord
from dam.web import audit_changes
from tests.factories import VersionFactory, member


@pytest.fixture
def first(clip: bytes, tmp_path: Path, creator: Member) -> Version:
    path = tmp_path / "first.mp4"
    path.write_bytes(clip)
    return importer.take(path, brand=creator.brand, user=creator.user, filename="first.mp4")


@pytest.fixture
def second(first: Version) -> Version:
    version: Version = VersionFactory.create(
        asset=first.asset, brand=first.brand, number=2, approval=Approval.DRAFT, note="Warmer light"
    )
    Asset.objects.filter(pk=first.asset_id).update(latest=version)
    return version


def restore(browser: Client, version: Version, **data: object) -> object:
    return browser.post(f"/b/{version.brand.slug}/versions/{version.pk}/restore/", data)


def test_an_older_version_is_restored_with_a_note_and_a_way_back(
    browser: Client, first: Version, second: Version
) -> None:
    restore(browser, first, note="The client liked the first one")
    added = Version.objects.get(asset=first.asset, number=3)
    assert (added.sha256, added.note) == (first.sha256, "The client liked the first one")
    event = Event.objects.latest("sequence")
    assert event.verb == "version.added"
    assert audit_changes.of(event) == (
        "Version 1 restored",
        "What changed: The client liked the first one",
    )
    page = browser.get(f"/b/{first.brand.slug}/assets/{first.asset_id}/?tab=versions").content.decode()
    assert "The client liked the first one" in page
    assert "Warmer light" in page
    assert "The file of version 1" in page
    assert f"versions/{second.pk}/restore/" in page
    assert f"versions/{first.pk}/restore/" not in page
    assert 'name="undo"' in page


def test_the_page_says_what_restoring_does(browser: Client, first: Version, second: Version) -> None:
    Version.objects.filter(pk=second.pk).update(approval=Approval.IN_REVIEW)
    Asset.objects.filter(pk=first.asset_id).update(released=first)
    page = browser.get(f"/b/{first.brand.slug}/versions/{first.pk}/restore/").content.decode()
    assert "becomes the newest version, version 3" in page
    assert "The open review of version 2 ends" in page
    assert "Version 1 stays released" in page


def test_a_note_that_is_too_long_is_refused_in_words(
    browser: Client, first: Version, second: Version
) -> None:
    answer = browser.post(f"/b/{first.brand.slug}/versions/{first.pk}/restore/", {"note": "x" * 1001})
    assert answer.status_code == 422
    assert "at most 1,000 characters" in answer.content.decode()
    assert first.asset.versions.count() == 2


def test_what_an_upload_says_of_the_change_is_kept_with_the_version(first: Version, creator: Member) -> None:
    upload = Upload.objects.create(
        brand=first.brand, user=creator.user, asset=first.asset, filename="next.mp4", size=5,
        state=UploadState.RECEIVING,
    )  # fmt: skip
    details.say(Details(note="New music"), [upload.pk], by=creator)
    upload.refresh_from_db()
    assert details.of(upload).note == "New music"


def test_said_after_the_version_was_made_it_is_in_the_activity(
    first: Version, second: Version, creator: Member
) -> None:
    upload = Upload.objects.create(
        brand=first.brand, user=creator.user, asset=first.asset, filename="next.mp4", size=5,
        state=UploadState.TAKEN, version=second,
    )  # fmt: skip
    details.say(Details(note="New music"), [upload.pk], by=creator)
    second.refresh_from_db()
    assert second.note == "New music"
    event = Event.objects.latest("sequence")
    assert audit_changes.of(event) == ("What changed: “Warmer light” → “New music”",)


def test_programs_say_it_with_the_announcement(browser: Client, first: Version) -> None:
    def told(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    answer = browser.post(
        reverse("upload-create", args=[first.brand.slug]),
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "5",
            "Upload-Metadata": (
                f"filename {told('a.mp4')},asset {told(str(first.asset_id))},note {told('Recut')}"
            ),
        },
    )
    assert answer.status_code == 201
    assert answer.json()["note"] == "Recut"


def test_the_comparison_and_the_export_have_it(
    browser: Client, first: Version, second: Version, creator: Member
) -> None:
    page = browser.get(f"/b/{first.brand.slug}/assets/{first.asset_id}/compare/").content.decode()
    assert "Warmer light" in page
    text = "".join(sheets.lines(Asset.objects.filter(pk=first.asset_id), by=creator, marked=False))
    assert "version_note" in text
    assert "2,Warmer light" in text


def test_a_card_says_how_many_versions_there_are(
    browser: Client, first: Version, second: Version, brand: Brand
) -> None:
    page = browser.get(f"/b/{brand.slug}/").content.decode()
    assert "2 versions" in page


@pytest.mark.parametrize("since", ["a version", "a review", "an approval"])
def test_undo_leaves_what_others_have_done_since(
    since: str, browser: Client, first: Version, second: Version
) -> None:
    restore(browser, first)
    if since == "a version":
        VersionFactory.create(asset=first.asset, brand=first.brand, number=4)
        Asset.objects.filter(pk=first.asset_id).update(latest=first.asset.versions.get(number=4))
    else:
        approval = Approval.IN_REVIEW if since == "a review" else Approval.APPROVED
        first.asset.versions.filter(number=3).update(approval=approval)
    before = Asset.objects.get(pk=first.asset_id).latest_id
    answer = browser.post(f"/b/{first.brand.slug}/versions/{second.pk}/restore/", {"undo": "1"}, follow=True)
    assert Asset.objects.get(pk=first.asset_id).latest_id == before
    said = "version 4 was added" if since == "a version" else "version 3 was sent to review"
    assert said in answer.content.decode()


def test_undo_restores_the_one_that_was_the_newest(browser: Client, first: Version, second: Version) -> None:
    Version.objects.filter(pk=second.pk).update(storage_key=first.storage_key, media_info=first.media_info)
    restore(browser, first)
    restore(browser, second, undo="1")
    assert Version.objects.get(asset=first.asset, number=4).sha256 == second.sha256


def test_what_binds_the_file_comes_back_with_it(
    browser: Client, first: Version, second: Version, creator: Member
) -> None:
    ada, shared = (
        consents.add(first, Said("model", name), by=creator) for name in ("Ada Example", "Bea Example")
    )
    consents.withdraw(first, ada.pk, reason="By letter", by=member(first.brand, Role.LEGAL_REVIEWER))
    ConsentLink.objects.create(version=second, consent=shared)
    later = consents.add(second, Said("property", "Harbour"), by=creator)
    Version.objects.filter(pk=first.pk).update(declared_origin=DeclaredOrigin.GENERATED)
    for version, restriction, licence in ((first, "No alcohol", ""), (second, "Web only", "House licence")):
        stated = {"restriction": restriction, "licence": licence}
        RightsRecord.objects.update_or_create(version=version, defaults=stated)
    restore(browser, first)
    added = Version.objects.select_related("rights").get(asset=first.asset, number=3)
    assert {link.consent_id for link in added.consent_links.all()} == {ada.pk, shared.pk, later.pk}
    assert added.rights.consents_until is not None
    assert added.declared_origin == DeclaredOrigin.GENERATED
    assert (added.rights.restriction, added.rights.licence) == ("No alcohol; Web only", "House licence")
