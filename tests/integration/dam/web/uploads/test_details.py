"""What is said of a file while its bytes travel."""

import threading
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Approval, Asset, Version
from dam.custom_fields import fields, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import OptionWish, Wish
from dam.ingest import details, importer
from dam.ingest.details import Details
from dam.ingest.models import Upload, UploadState
from tests.factories import VersionFactory, member
from tests.integration.dam.catalog.test_at_once import at_once
from tests.integration.dam.web.uploads.sending import begin, send

SAID = {"tags": "Summer, hero", "licence": "CC BY 4.0", "rights_holder": "Aster", "declared_origin": "camera"}


@pytest.fixture
def season(brand: Brand) -> str:
    by = member(brand, Role.ADMIN)
    options = (OptionWish("Summer"), OptionWish("Winter"))
    made = fields.make(Wish("Season", options=options, required=True), kind=Kind.CHOICE, by=by)
    fields.make(Wish("Budget"), kind=Kind.NUMBER, by=by)
    brand.refresh_from_db()
    return made.key


def say(browser: Client, *uploads: Upload, **said: object) -> Any:
    return browser.post("/b/acme/uploads/details/", {"upload": [str(each.pk) for each in uploads], **said})


def begun(browser: Client, clip: bytes, name: str = "summer.mp4") -> Upload:
    url = begin(browser, len(clip), name).headers["Location"]
    return Upload.objects.get(pk=url.rstrip("/").rpartition("/")[2])


def finish(browser: Client, upload: Upload, clip: bytes) -> Upload:
    send(browser, f"/b/acme/uploads/{upload.pk}/", 0, clip)
    importer.take_upload(upload.pk)
    upload.refresh_from_db()
    return upload


def test_what_is_said_while_bytes_travel_is_put_onto_the_clip(
    browser: Client, clip: bytes, season: str
) -> None:
    upload = begun(browser, clip)
    own = {"own-season": "summer", "own-budget": "1500.5"}
    answer = say(browser, upload, title="The walk", single="1", restriction="No ads", **SAID, **own)
    assert answer.json() == {"problems": {}, "busy": []}
    taken = finish(browser, upload, clip)
    assert (taken.state, taken.reason) == (UploadState.TAKEN, "")
    version = Version.objects.select_related("asset", "rights").get()
    assert version.asset.title == "The walk"
    assert {tag.name for tag in version.asset.tags.all()} == {"summer", "hero"}
    assert values.of_one(version.asset) == {"season": ("summer",), "budget": ("1500.5",)}
    rights = version.rights
    assert (rights.licence, rights.rights_holder, rights.restriction) == ("CC BY 4.0", "Aster", "No ads")
    assert version.declared_origin == "camera"
    page = browser.get(f"/b/acme/assets/{version.asset_id}/").content.decode()
    assert "CC BY 4.0" in browser.get(f"/b/acme/assets/{version.asset_id}/?tab=rights").content.decode()
    assert "Recorded by a camera" in page
    assert browser.get(f"/b/acme/assets/{version.asset_id}/?tab=activity").status_code == 200


def test_more_about_rights_is_folded_and_stated_with_the_rest(browser: Client, clip: bytes) -> None:
    upload = begun(browser, clip)
    more = {"credit_line": "© Ada", "exclusivity": "Drinks", "channels": "Web", "audience": "Adults"}
    form = browser.get("/b/acme/uploads/details/", {"single": "1"}).content.decode()
    assert "More about rights" in form
    assert '<details class="disclosure" open' not in form
    say(browser, upload, single="1", **more)
    again = browser.get("/b/acme/uploads/details/", {"single": "1", "upload": str(upload.pk)})
    assert '<details class="disclosure" open' in again.content.decode()
    finish(browser, upload, clip)
    rights = Version.objects.select_related("rights").get().rights
    assert (rights.credit_line, rights.exclusivity) == ("© Ada", "Drinks")
    assert (rights.channels, rights.audience) == ("Web", "Adults")


def test_what_is_said_of_all_goes_over_what_was_said_of_one(browser: Client, clip: bytes) -> None:
    one, two = begun(browser, clip), begun(browser, clip, "two.mp4")
    say(browser, one, single="1", title="Alone", tags="first", licence="old")
    say(browser, one, two, tags="both", licence="new")
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.details == {"title": "Alone", "tags": ["first", "both"], "licence": "new"}
    assert two.details == {"tags": ["both"], "licence": "new"}
    shown = browser.get("/b/acme/uploads/details/", {"single": "1", "upload": str(one.pk)})
    assert 'value="first, both"' in shown.content.decode()
    say(browser, one, single="1", title="")
    one.refresh_from_db()
    assert one.details == {}


def test_said_after_the_clip_is_ready_it_is_put_on_at_once(browser: Client, clip: bytes, season: str) -> None:
    upload = finish(browser, begun(browser, clip), clip)
    assert say(browser, upload, **{"own-season": "winter"}, **SAID).json() == {"problems": {}, "busy": []}
    asset = Asset.objects.get()
    assert values.of_one(asset) == {"season": ("winter",)}
    assert asset.tags.count() == 2


def test_what_is_wrong_is_told_by_the_field_and_nothing_is_kept(
    browser: Client, clip: bytes, season: str
) -> None:
    upload = begun(browser, clip)
    wrong = {"title": "x" * 201, "tags": "y" * 61, "licence": "z" * 201, "own-budget": "much", "single": "1"}
    answer = say(browser, upload, **wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"title", "tags", "licence", "own-budget"}
    assert "z" * 201 in answer.content.decode()
    upload.refresh_from_db()
    assert upload.details == {}
    assert say(browser, upload, declared_origin="aliens").status_code == 422


def test_with_no_upload_it_is_only_checked(browser: Client, season: str) -> None:
    assert say(browser, **{"own-budget": "much"}).status_code == 422
    answer = browser.post("/b/acme/uploads/details/", SAID, headers={"HX-Request": "true"})
    assert (answer.status_code, Upload.objects.count()) == (204, 0)


def test_a_field_retired_meanwhile_is_told_and_all_else_put_on(
    browser: Client, clip: bytes, season: str, brand: Brand
) -> None:
    upload = begun(browser, clip)
    say(browser, upload, **{"own-season": "summer"}, **SAID)
    brand.refresh_from_db()
    by = member(brand, Role.ADMIN)
    fields.retire(CustomField.objects.get(key=season), by=by)
    taken = finish(browser, upload, clip)
    assert taken.state == UploadState.TAKEN
    assert "season" in taken.reason
    assert Asset.objects.get().tags.count() == 2
    assert browser.get(f"/b/acme/uploads/{upload.pk}/").json()["reason"] == taken.reason


def test_whoever_may_no_longer_edit_puts_nothing_on(browser: Client, clip: bytes, creator: Member) -> None:
    upload = begun(browser, clip)
    say(browser, upload, **SAID)
    Membership.objects.filter(user=creator.user).update(role=Role.VIEWER)
    send(browser, f"/b/acme/uploads/{upload.pk}/", 0, clip)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.RECEIVED, received=len(clip))
    version = VersionFactory.create(asset__brand=creator.brand)
    assert "edit clips" in details.put_on_new(upload.pk, version)
    assert not version.asset.tags.exists()


def test_of_a_next_version_rights_and_origin_alone_are_said(
    browser: Client, clip: bytes, brand: Brand
) -> None:
    first = VersionFactory.create(asset__brand=brand, asset__title="Stays")
    url = begin(browser, len(clip), asset=str(first.asset_id)).headers["Location"]
    upload = Upload.objects.get(pk=url.rstrip("/").rpartition("/")[2])
    shown = browser.get("/b/acme/uploads/details/", {"version": "1", "single": "1"}).content.decode()
    assert 'name="title"' not in shown
    assert 'name="tags"' not in shown
    say(browser, upload, single="1", title="Other", **SAID)
    assert finish(browser, upload, clip).reason == ""
    asset = Asset.objects.get()
    assert (asset.title, asset.tags.count()) == ("Stays", 0)
    assert asset.latest is not None
    assert asset.latest.declared_origin == "camera"


def test_in_review_rights_and_origin_stay_as_they_are(creator: Member) -> None:
    version = VersionFactory.create(asset__brand=creator.brand, approval=Approval.IN_REVIEW)
    said = details.put_on(version, Details(licence="new", title="New"), own=True, by=creator)
    assert "in review" in said
    version.rights.refresh_from_db()
    assert version.rights.licence != "new"
    assert Asset.objects.get().title == "New"


def test_another_persons_uploads_and_those_that_ended_are_passed_over(
    browser: Client, clip: bytes, brand: Brand
) -> None:
    upload = begun(browser, clip)
    other = Client()
    other.force_login(member(brand).user)
    assert say(other, upload, **SAID).status_code == 200
    upload.refresh_from_db()
    assert upload.details == {}
    Upload.objects.update(state=UploadState.CANCELLED)
    say(browser, upload, **SAID)
    upload.refresh_from_db()
    assert upload.details == {}


def test_too_many_at_once_are_refused_in_words(browser: Client) -> None:
    ids = [f"00000000-0000-4000-8000-{n:012d}" for n in range(201)]
    answer = browser.post("/b/acme/uploads/details/", {"upload": ids, **SAID})
    assert answer.status_code == 422
    assert "at most 200" in answer.content.decode()


def test_a_batch_is_kept_in_as_many_queries_as_one(
    browser: Client, clip: bytes, creator: Member, django_assert_max_num_queries: Any
) -> None:
    many = [
        Upload.objects.create(brand=creator.brand, user=creator.user, filename=f"{n}.mp4", size=10)
        for n in range(40)
    ]
    with django_assert_max_num_queries(8):
        details.say(Details(licence="all"), [each.pk for each in many], by=creator)
    assert Upload.objects.filter(details__licence="all").count() == 40


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_is_being_written_to_holds_up_no_other(
    creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(details, "PATIENCE_SECONDS", 0.1)
    held, free = (
        Upload.objects.create(brand=creator.brand, user=creator.user, filename=f"{n}.mp4", size=10)
        for n in range(2)
    )
    writing, written = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            Upload.objects.select_for_update().get(pk=held.pk)
            writing.set()
            written.wait(30)

    def say_it() -> None:
        writing.wait(30)
        try:
            said = details.say(Details(licence="all"), [held.pk, free.pk], by=creator)
        finally:
            written.set()
        assert said.busy == {held.pk}
        again = details.say(Details(licence="all"), [held.pk], by=creator)
        assert not again.busy

    assert at_once(write, say_it) == []
    assert Upload.objects.filter(details__licence="all").count() == 2


def test_the_trail_says_what_was_declared(browser: Client, clip: bytes) -> None:
    upload = begun(browser, clip)
    say(browser, upload, **SAID)
    finish(browser, upload, clip)
    told = [event.data for event in Event.objects.filter(verb="asset.edited")]
    assert any(data.get("declared_origin") == ["", "camera"] for data in told)


def test_a_next_versions_upload_names_the_fields_that_its_clip_lacks(
    browser: Client, brand: Brand, season: str
) -> None:
    version = VersionFactory.create(asset__brand=brand)
    page = browser.get(f"/b/acme/assets/{version.asset_id}/").content.decode()
    assert "To fill in on this clip before its review: Season." in page


@pytest.fixture
def by_kind(brand: Brand) -> None:
    """Fields for videos, for sound and for all."""
    by = member(brand, Role.ADMIN)
    for title, kinds in (("Crop", {"video"}), ("Tempo", {"sound"}), ("Campaign", set[str]())):
        fields.make(Wish(title, clip_kinds=frozenset(kinds)), kind=Kind.TEXT, by=by)
    brand.refresh_from_db()


def test_the_form_has_the_fields_of_what_the_files_are(browser: Client, clip: bytes, by_kind: None) -> None:
    def shown(**asked: str) -> list[str]:
        answer = browser.get("/b/acme/uploads/details/", asked)
        return [name for name in answer.context["form"].fields if name.startswith("own-")]

    assert shown() == shown(kind="smell") == ["own-crop", "own-tempo", "own-campaign"]
    assert shown(kind="video") == ["own-crop", "own-campaign"]
    assert "Only for sound." in browser.get("/b/acme/uploads/details/").content.decode()
    wrong = browser.post("/b/acme/uploads/details/", {"kind": "sound", "own-tempo": "x" * 2_001})
    assert wrong.status_code == 422
    assert 'name="kind" value="sound"' in wrong.content.decode()
    assert [name for name in wrong.context["form"].fields if name.startswith("own-")] == [
        "own-tempo",
        "own-campaign",
    ]
    upload = finish(browser, begun(browser, clip), clip)
    # What is in the library isn't guessed about.
    assert shown(kind="sound", single="1", upload=str(upload.pk)) == ["own-crop", "own-campaign"]


def test_what_was_said_in_a_field_of_another_kind_is_told_and_all_else_put_on(
    browser: Client, clip: bytes, by_kind: None
) -> None:
    upload = begun(browser, clip)
    say(browser, upload, **{"own-tempo": "120", "own-crop": "16:9", "own-campaign": "Frost"})
    taken = finish(browser, upload, clip)
    assert (taken.state, taken.reason) == (UploadState.TAKEN, "“Tempo” is only for sound.")
    assert values.of_one(Asset.objects.get()) == {"crop": ("16:9",), "campaign": ("Frost",)}
    assert taken.details["fields"]["tempo"] == ["120"]
