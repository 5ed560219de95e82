"""Files that nginx sends after the web process has allowed it, with the lines of docs/deployment.md."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from dam import environment
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from tests import reverse_proxy
from tests.conftest import BASE_DIR
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        reverse_proxy.binary() is None, reason="nginx isn't installed; macOS: brew install nginx"
    ),
]
CONTENT = bytes(range(256)) * 2000
PLACE = re.compile(r"^    location /stored/ \{\n(?:        .*\n)+    \}\n", re.MULTILINE)


@pytest.fixture
def site(live_server: Any, settings: Any, tmp_path: Path) -> Iterator[str]:
    settings.STORAGE = str(tmp_path / "storage")
    settings.ACCEL_REDIRECT = "/stored/"
    found = PLACE.search((BASE_DIR / "docs" / "deployment.md").read_text())
    assert found is not None
    place = found.group().replace("/var/lib/reelproof/storage/", f"{tmp_path}/storage/")
    (tmp_path / "nginx").mkdir()
    with reverse_proxy.before(live_server.url, tmp_path / "nginx", more=place) as running:
        yield running.one


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    return BrandFactory.create()


@pytest.fixture
def clip(site: str, brand: Brand, tmp_path: Path) -> Version:
    version = VersionFactory.create(asset__brand=brand, asset__title="Sommer / été")
    (tmp_path / "content").write_bytes(CONTENT)
    kept = storage.put(tmp_path / "content", brand_id=brand.pk, suffix=".mp4")
    Version.objects.filter(pk=version.pk).update(sha256=kept.sha256, size=kept.size, storage_key=kept.key)
    versions.keep_rendition(version, RenditionKind.PROXY, kept, content_type="video/mp4")
    version.refresh_from_db()
    return version


def browser(brand: Brand, role: Role) -> requests.Session:
    client = Client()
    client.force_login(member(brand, role).user)
    session = requests.Session()
    session.cookies.set("sessionid", client.cookies["sessionid"].value)
    return session


def address(site: str, version: Version, kind: str) -> str:
    return site + reverse("file", args=[version.brand.slug, version.pk, kind])


def test_a_range_of_what_plays_comes_under_the_headers_of_a_file_from_outside(
    site: str, brand: Brand, clip: Version
) -> None:
    person = browser(brand, Role.CREATOR)
    answer = person.get(address(site, clip, "proxy"), headers={"Range": "bytes=100-299"}, timeout=30)
    assert (answer.status_code, answer.content) == (206, CONTENT[100:300])
    assert answer.headers["Content-Range"] == f"bytes 100-299/{len(CONTENT)}"
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Accel-Redirect" not in answer.headers  # so it was nginx that sent it
    outside = person.get(address(site, clip, "proxy"), headers={"Range": "bytes=9999999-"}, timeout=30)
    assert outside.status_code == 416


def test_a_part_of_the_same_file_goes_on_and_one_of_another_begins_anew(
    site: str, brand: Brand, clip: Version
) -> None:
    person = browser(brand, Role.CREATOR)
    tag = person.head(address(site, clip, "proxy"), timeout=30).headers["ETag"]
    held = person.get(address(site, clip, "proxy"), headers={"If-None-Match": tag}, timeout=30)
    assert held.status_code == 304
    for sent, status in ((tag, 206), ('"other"', 200)):
        headers = {"Range": "bytes=5-9", "If-Range": sent}
        assert person.get(address(site, clip, "proxy"), headers=headers, timeout=30).status_code == status


def test_a_download_has_its_name_and_is_recorded(site: str, brand: Brand, clip: Version) -> None:
    answer = browser(brand, Role.CREATOR).get(address(site, clip, "master"), timeout=30)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert "filename*=utf-8''Sommer" in answer.headers["Content-Disposition"]
    assert Event.objects.filter(verb=Verb.MASTER_DOWNLOADED, brand=brand).count() == 1


def test_the_folder_stays_shut_to_everybody(site: str, brand: Brand, clip: Version) -> None:
    for person in (browser(brand, Role.CREATOR), requests.Session()):
        for path in (f"/stored/{clip.storage_key}", "/stored/", f"/stored/../stored/{clip.storage_key}"):
            assert person.get(site + path, timeout=30).status_code == 404


def test_who_may_not_have_it_gets_nothing(site: str, brand: Brand, clip: Version) -> None:
    stranger = browser(BrandFactory.create(), Role.ADMIN)
    assert stranger.get(address(site, clip, "proxy"), timeout=30).status_code == 404
    viewer = browser(brand, Role.VIEWER)
    assert viewer.get(address(site, clip, "master"), timeout=30).status_code in (403, 404)
    answer = requests.get(address(site, clip, "master"), timeout=30, allow_redirects=False)
    assert answer.status_code == 302


def test_a_lost_file_is_said_by_us(site: str, brand: Brand, clip: Version) -> None:
    storage.delete(clip.storage_key)
    answer = browser(brand, Role.CREATOR).get(address(site, clip, "proxy"), timeout=30)
    assert answer.status_code == 404
    assert "Reelproof" in answer.text  # and not nginx's own page


@pytest.mark.parametrize("wrong", ["stored", "/stored", "stored/", "/", "//elsewhere/"])
def test_a_place_that_is_none_is_refused_at_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCEL_REDIRECT", wrong)
    with pytest.raises(ImproperlyConfigured, match="from slash to slash"):
        environment.folder_address("ACCEL_REDIRECT")
