"""A download asks what it is for, remembers the last answer, and records it."""

import io
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from dam.access import tokens
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, Membership
from dam.audit.models import Event
from dam.catalog.models import AssetKind, Version
from dam.core import storage
from dam.rights.models import RightsRecord
from provenance.recalls import recalls
from provenance.web import recall_summary
from tests import release_factory
from tests.factories import ApprovedVersionFactory, BrandFactory, member
from tests.unit.dam.media.test_probe import INFO

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create()
    return made


def released(brand: Brand, folder: Path, title: str = "Summer") -> Version:
    made: Version = ApprovedVersionFactory.create(
        asset__brand=brand, asset__title=title, media_info=INFO.to_json()
    )
    RightsRecord.objects.filter(version=made).update(uses=["web", "social"], territories=["EU"])
    path = folder / title
    path.write_bytes(title.encode() * 100)
    release_factory.ready(made, stored=storage.put(path, brand_id=brand.pk, suffix=".mp4"))
    return made


def client_of(brand: Brand) -> Client:
    client = Client()
    client.force_login(member(brand, Role.VIEWER).user)
    return client


def clip(client: Client, version: Version) -> str:
    address = reverse("asset", args=[version.brand.slug, version.asset_id])
    return " ".join(client.get(address).content.decode().split())


def files(client: Client, version: Version, **said: str) -> str:
    address = reverse("asset-downloads", args=[version.brand.slug, version.asset_id])
    return client.get(address, said).content.decode()


def test_who_has_answered_nothing_yet_is_asked_before_the_files(brand: Brand, tmp_path: Path) -> None:
    client, version = client_of(brand), released(brand, tmp_path)
    page = clip(client, version)
    assert "Download release" in page
    assert reverse("release-file", args=[brand.slug, version.pk]) not in page
    shown = files(client, version)
    assert "Say what you will use it for." in shown
    assert "Something else" in shown
    assert "Paid advertising" not in shown  # it isn't cleared for that
    assert '<option value="EU">' in shown
    assert "Download the release" not in shown
    assert "Choose what you want to use it for." in files(client, version, use="", territory="DE")
    assert "Name a country, EU or worldwide." in files(client, version, use="web", territory="")


def test_the_answer_is_remembered_and_the_next_clip_takes_one_click(brand: Brand, tmp_path: Path) -> None:
    client, version = client_of(brand), released(brand, tmp_path)
    shown = files(client, version, use="web", territory="Germany")
    address = reverse("release-file", args=[brand.slug, version.pk])
    assert f"{address}?use=web&amp;territory=DE" in shown
    other = released(brand, tmp_path, "Winter")
    page = clip(client, other)
    direct = reverse("release-file", args=[brand.slug, other.pk]) + "?use=web&amp;territory=DE"
    assert "Download for web, Germany" in page
    assert direct in page
    assert "Change" in page
    assert direct in files(client, other)  # what "Change" shows, filled in
    assert "Download for" not in clip(client_of(brand), other)


def test_it_stays_with_the_brand_it_was_given_in(brand: Brand, tmp_path: Path) -> None:
    client, version = client_of(brand), released(brand, tmp_path)
    files(client, version, use="web", territory="DE")
    other: Brand = BrandFactory.create()
    Membership.objects.create(user_id=client.session["_auth_user_id"], brand=other, role=Role.VIEWER)
    assert "Download for" not in clip(client, released(other, tmp_path, "Elsewhere"))


def test_what_a_clip_is_not_cleared_for_is_no_click(brand: Brand, tmp_path: Path) -> None:
    client, version = client_of(brand), released(brand, tmp_path)
    files(client, version, use="web", territory="DE")
    narrow = released(brand, tmp_path, "Narrow")
    RightsRecord.objects.filter(version=narrow).update(territories=["FR"])
    assert "Download for" not in clip(client, narrow)
    shown = files(client, narrow)
    assert "It isn&#x27;t cleared for Germany." in shown
    assert "What helps" in shown
    RightsRecord.objects.filter(version=narrow).update(uses=["social"])
    assert "Download the release" not in files(client, narrow)


def test_something_else_is_asked_as_any_use_and_recorded_as_that(brand: Brand, tmp_path: Path) -> None:
    client, version = client_of(brand), released(brand, tmp_path)
    files(client, version, use="other", territory="DE")
    assert "Download for something else, Germany" in clip(client, version)
    address = reverse("release-file", args=[brand.slug, version.pk])
    assert client.get(f"{address}?use=other&territory=DE").status_code == 200
    assert client.get(f"{address}?use=other&territory=US").status_code == 403
    event = Event.objects.get(verb="release.downloaded")
    assert (event.data["use"], event.data["territory"]) == ("other", "DE")
    taken = recalls.taken([version])[version.pk].values()
    (copy,) = recall_summary._copies([kept for each in taken for kept in each.kept()], {})
    assert copy.purpose == "something else, Germany"


def test_the_zip_is_filled_in_and_records_what_it_is_for(brand: Brand, tmp_path: Path) -> None:
    client, version = client_of(brand), released(brand, tmp_path)
    files(client, version, use="social", territory="DE")
    chosen = {"asset": [str(version.asset_id)]}
    address = reverse("selection-download", args=[brand.slug])
    page = client.post(address, chosen).content.decode()
    assert '<option value="social" selected' in page
    assert 'name="territory" value="DE"' in page
    page = client.post(address, {**chosen, "use": "other", "territory": "France"}).content.decode()
    assert 'name="use" value="other"' in page
    assert "Download for something else, France" in clip(client, version)
    sent = {**chosen, "use": "other", "territory": "FR"}
    answer = client.post(reverse("download-zip", args=[brand.slug]), sent)
    assert "Summer.mp4" in zipfile.ZipFile(io.BytesIO(b"".join(answer))).namelist()
    event = Event.objects.get(verb="release.downloaded")
    assert (event.data["use"], event.data["territory"]) == ("other", "FR")


def test_an_image_and_sound_are_asked_too(brand: Brand, tmp_path: Path) -> None:
    client, version = client_of(brand), released(brand, tmp_path)
    for kind in (AssetKind.STILL, AssetKind.SOUND):
        Version.objects.filter(pk=version.pk).update(kind=kind)
        assert "Download the release" in files(client, version, use="web", territory="DE")


def test_a_program_sees_the_files_without_an_answer(brand: Brand, tmp_path: Path) -> None:
    version = released(brand, tmp_path)
    may = [Capability.VIEW, Capability.DOWNLOAD_RELEASE]
    _token, secret = tokens.create(by=member(brand, Role.CREATOR), name="cms", capabilities=may)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert "Square 1:1" in files(program, version)
