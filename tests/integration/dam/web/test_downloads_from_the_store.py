"""Large downloads that come from the bucket itself, by an address made after access was decided."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import versions
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from dam.delivery import streaming
from tests import s3_server as server
from tests.factories import BrandFactory, VersionFactory, member

CONTENT = bytes(range(256)) * 8


@pytest.fixture
def draft(
    db: None, settings: Any, s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Version:
    """A version whose files lie in a bucket that browsers reach."""
    settings.STORAGE = f"s3://{server.BUCKET}/{tmp_path.name}"
    settings.S3_ENDPOINT_URL = settings.S3_PUBLIC_URL = s3_server
    settings.S3_REGION = "us-east-1"
    monkeypatch.setattr(streaming, "LARGE", 1000)
    brand: Brand = BrandFactory.create()
    version: Version = VersionFactory.create(asset__brand=brand, asset__title="Sommer / été")
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    kept = storage.put(path, brand_id=brand.pk, suffix=".mp4")
    Version.objects.filter(pk=version.pk).update(sha256=kept.sha256, size=kept.size, storage_key=kept.key)
    versions.keep_rendition(version, RenditionKind.PROXY, kept, content_type="video/mp4")
    version.refresh_from_db()
    return version


def download(version: Version, kind: str = "master", *, role: Role = Role.CREATOR, **options: Any) -> Any:
    client = Client()
    client.force_login(member(version.brand, role).user)
    method = getattr(client, options.pop("method", "get"))
    return method(reverse("file", args=[version.brand.slug, version.pk, kind]), headers=options)


def fetch(address: str, **headers: str) -> Any:
    return urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10)


def test_a_large_download_is_fetched_from_the_store(draft: Version) -> None:
    response = download(draft)
    assert response.status_code == 302
    assert response.headers["Cache-Control"] == "private, no-store"
    with fetch(response.headers["Location"]) as file:
        assert file.read() == CONTENT
        assert file.headers["Content-Type"] == "video/mp4"
        assert file.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Sommer%20-%20")


def test_a_part_of_it_comes_from_there_too(draft: Version) -> None:
    with fetch(download(draft, Range="bytes=100-").headers["Location"], Range="bytes=100-299") as file:
        assert (file.status, file.read()) == (206, CONTENT[100:300])


@pytest.mark.parametrize("byte_range", ["", "bytes=100-"])  # the address gives all of it, whatever is asked
def test_it_leaves_an_event_like_any_download(draft: Version, byte_range: str) -> None:
    download(draft, Range=byte_range)
    assert Event.objects.get(verb="master.downloaded").data["sha256"] == draft.sha256


def test_what_the_page_plays_comes_through_us(draft: Version) -> None:
    """Its content security policy lets it load from nowhere else."""
    assert download(draft, "proxy").status_code == 200


def test_a_small_download_comes_through_us(draft: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "LARGE", len(CONTENT) + 1)
    assert download(draft).status_code == 200


def test_head_is_answered_by_us(draft: Version) -> None:
    response = download(draft, method="head")
    assert (response.status_code, response.headers["Content-Length"]) == (200, str(len(CONTENT)))


def test_without_a_public_address_everything_comes_through_us(draft: Version, settings: Any) -> None:
    settings.S3_PUBLIC_URL = ""
    assert download(draft).status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Role.BRAND_REVIEWER, 403), (Role.VIEWER, 404)])
def test_no_address_is_given_to_whoever_may_not_download(draft: Version, role: Role, status: int) -> None:
    response = download(draft, role=role)
    assert response.status_code == status
    assert "Location" not in response.headers


def test_an_address_lives_for_a_minute_and_for_one_file(draft: Version) -> None:
    address = download(draft).headers["Location"]
    assert f"X-Amz-Expires={streaming.ADDRESS_SECONDS}&" in address
    with pytest.raises(urllib.error.HTTPError, match="403"):
        fetch(address.replace("/1/", "/2/", 1).replace(draft.sha256, "0" * 64))


def test_a_file_that_the_store_has_lost_is_not_found(draft: Version) -> None:
    storage.delete(draft.storage_key)
    assert download(draft).status_code == 404


def test_a_store_that_does_not_answer_is_told_plainly(draft: Version, settings: Any) -> None:
    settings.S3_ENDPOINT_URL, settings.S3_PUBLIC_URL = "http://127.0.0.1:9", ""
    response = download(draft)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "unavailable" in response.content.decode()
