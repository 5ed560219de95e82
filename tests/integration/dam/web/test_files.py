"""Every byte that leaves: ranges, headers, permission."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import versions
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member

CONTENT = bytes(range(256)) * 8
Fetch = Callable[..., Any]


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory.create()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    return path


def stored(version: Version, content: Path) -> Version:
    """Give the version a master and each rendition, all of the same bytes."""
    kept = storage.put(content, brand_id=version.brand_id, suffix=".mp4")
    Version.objects.filter(pk=version.pk).update(sha256=kept.sha256, size=kept.size, storage_key=kept.key)
    for kind in RenditionKind:
        versions.keep_rendition(version, kind, kept, content_type="video/mp4")
    version.refresh_from_db()
    return version


@pytest.fixture
def draft(brand: Brand, content: Path) -> Version:
    return stored(VersionFactory.create(asset__brand=brand, asset__title="Sommer / été"), content)


@pytest.fixture
def approved(brand: Brand, content: Path) -> Version:
    return stored(ApprovedVersionFactory.create(asset__brand=brand), content)


@pytest.fixture
def fetch(brand: Brand) -> Fetch:
    def fetch(
        version: Version, kind: str, *, role: Role = Role.CREATOR, method: str = "get", **headers: str
    ) -> Any:
        client = Client()
        client.force_login(member(brand, role).user)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(client, method)(reverse("file", args=[brand.slug, version.pk, kind]), headers=named)

    return fetch


def body(response: Any) -> bytes:
    return b"".join(response)


pytestmark = [
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
    pytest.mark.usefixtures("either_store"),
]


def test_the_whole_file_comes_without_a_range(draft: Version, fetch: Fetch) -> None:
    response = fetch(draft, "proxy")
    assert (response.status_code, body(response)) == (200, CONTENT)
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert response.headers["Accept-Ranges"] == "bytes"


def test_a_range_comes_with_its_place(draft: Version, fetch: Fetch) -> None:
    response = fetch(draft, "proxy", Range="bytes=100-299")
    assert (response.status_code, body(response)) == (206, CONTENT[100:300])
    assert response.headers["Content-Range"] == f"bytes 100-299/{len(CONTENT)}"
    assert response.headers["Content-Length"] == "200"


def test_a_range_outside_is_416(draft: Version, fetch: Fetch) -> None:
    response = fetch(draft, "proxy", Range="bytes=999999-")
    assert (response.status_code, response.headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


def test_a_part_of_another_file_is_answered_with_the_whole(draft: Version, fetch: Fetch) -> None:
    assert fetch(draft, "proxy", Range="bytes=5-9", If_Range='"other"').status_code == 200
    assert fetch(draft, "proxy", Range="bytes=5-9", If_Range=f'"{draft.sha256}"').status_code == 206


def test_a_file_that_is_held_already_is_not_sent(draft: Version, fetch: Fetch) -> None:
    response = fetch(draft, "poster", If_None_Match=f'"{draft.sha256}"')
    assert (response.status_code, response.content) == (304, b"")


def test_head_tells_without_sending(draft: Version, fetch: Fetch) -> None:
    response = fetch(draft, "proxy", method="head")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == str(len(CONTENT))


def test_a_file_is_private_and_inert(draft: Version, fetch: Fetch) -> None:
    headers = fetch(draft, "master").headers
    assert headers["ETag"] == f'"{draft.sha256}"'
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_download_has_a_name_people_can_read(draft: Version, fetch: Fetch) -> None:
    disposition = fetch(draft, "master").headers["Content-Disposition"]
    assert disposition.startswith(
        "attachment; filename*=utf-8''Sommer%20-%20%C3%A9t%C3%A9%20%28master%29.mp4"
    )


def test_what_the_page_shows_is_no_download(draft: Version, fetch: Fetch) -> None:
    assert "Content-Disposition" not in fetch(draft, "sprite").headers


@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [
        (Role.CREATOR, "master", 200),
        (Role.BRAND_REVIEWER, "master", 403),
        (Role.LEGAL_REVIEWER, "master", 200),
        (Role.VIEWER, "poster", 404),
        (Role.CREATOR, "release", 404),
        (Role.CREATOR, "nonsense", 404),
    ],
)
def test_a_draft_goes_to_those_who_work_on_it(
    draft: Version, fetch: Fetch, role: Role, kind: str, status: int
) -> None:
    assert fetch(draft, kind, role=role).status_code == status


@pytest.mark.parametrize(("kind", "status"), [("poster", 200), ("proxy", 200), ("master", 403)])
def test_a_viewer_sees_what_is_released_and_gets_no_master(
    approved: Version, fetch: Fetch, kind: str, status: int
) -> None:
    assert fetch(approved, kind, role=Role.VIEWER).status_code == status


def test_a_stranger_finds_nothing(draft: Version, brand: Brand) -> None:
    client = Client()
    other = BrandFactory.create()
    client.force_login(member(other).user)
    assert client.get(reverse("file", args=[brand.slug, draft.pk, "poster"])).status_code == 404
    assert client.get(reverse("file", args=[other.slug, draft.pk, "poster"])).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=0-99"},
        {"Range": "bytes=1-"},
        {"Range": "bytes=00-"},
        {"Range": "bytes=-99999999"},
        {"Range": "bytes=5-9", "If_Range": '"other"'},
        {"Range": "bytes=0-1,5-9"},
    ],
)
def test_whatever_part_of_a_master_is_served_is_recorded(
    draft: Version, fetch: Fetch, headers: dict[str, str]
) -> None:
    assert fetch(draft, "master", **headers).status_code in (200, 206)
    event = Event.objects.get(verb="master.downloaded")
    assert (event.asset_id, event.data["sha256"]) == (draft.asset_id, draft.sha256)


def test_the_parts_of_one_download_are_one_event(draft: Version, fetch: Fetch) -> None:
    client = Client()
    client.force_login(member(draft.brand, Role.CREATOR).user)
    address = reverse("file", args=[draft.brand.slug, draft.pk, "master"])
    for part in ("bytes=0-99", "bytes=100-199", "bytes=200-"):
        client.get(address, headers={"Range": part})
    assert Event.objects.filter(verb="master.downloaded").count() == 1


def test_what_sends_no_byte_leaves_no_event(draft: Version, fetch: Fetch) -> None:
    fetch(draft, "master", method="head")
    fetch(draft, "master", If_None_Match=f'"{draft.sha256}"')
    fetch(draft, "master", Range="bytes=999999-")
    assert not Event.objects.exists()


def test_showing_leaves_no_event(draft: Version, fetch: Fetch) -> None:
    fetch(draft, "proxy")
    assert not Event.objects.exists()


def test_a_file_lost_from_storage_is_not_found(draft: Version, fetch: Fetch) -> None:
    storage.delete(draft.storage_key)
    assert fetch(draft, "master").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_no_connection_to_the_database_is_held_while_storage_is_asked(
    servers: None, draft: Version, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a store that hangs takes every page along, for there are few connections."""
    asked = storage.open_file

    def watched(key: str, **span: Any) -> Any:
        assert connection.connection is None
        return asked(key, **span)

    monkeypatch.setattr(storage, "open_file", watched)
    assert body(fetch(draft, "poster")) == CONTENT


GRID = {"columns": 2, "rows": 1, "tile_width": 160, "tile_height": 90, "frames": [12, 36]}


def thumbnails(version: Version, role: Role = Role.CREATOR, **headers: str) -> Any:
    client = Client()
    client.force_login(member(version.brand, role).user)
    address = reverse("file-thumbnails", args=[version.brand.slug, version.pk])
    return client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_thumbnails_name_parts_of_the_sprite_over_time(draft: Version) -> None:
    draft.renditions.filter(kind="sprite").update(details=GRID)
    answer = thumbnails(draft)
    assert answer["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    sprite = f"sprite?of={draft.sha256[:12]}"
    assert answer.content.decode() == (
        f"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{sprite}#xywh=0,0,160,90\n\n"
        f"00:00:01.000 --> 00:00:02.000\n{sprite}#xywh=160,0,160,90\n"
    )
    again = thumbnails(draft, If_None_Match=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_cue_leads_to_the_sprite_from_where_the_file_lies(draft: Version, fetch: Fetch) -> None:
    draft.renditions.filter(kind="sprite").update(details=GRID)
    answer = thumbnails(draft)
    cue = next(line for line in answer.content.decode().splitlines() if "#xywh" in line)
    client = Client()
    client.force_login(member(draft.brand).user)
    assert body(client.get(urljoin(answer.wsgi_request.path, cue.partition("#")[0]))) == CONTENT


def test_thumbnails_are_for_whoever_sees_the_sprite(approved: Version, content: Path) -> None:
    draft = stored(VersionFactory.create(), content)
    for version in (draft, approved):
        version.renditions.filter(kind="sprite").update(details=GRID)
    assert thumbnails(draft, Role.VIEWER).status_code == 404
    assert thumbnails(approved, Role.VIEWER).status_code == 200


def test_a_clip_without_a_sprite_has_no_thumbnails(draft: Version) -> None:
    assert thumbnails(draft).status_code == 404  # its grid isn't known
    draft.renditions.filter(kind="sprite").delete()
    assert thumbnails(draft).status_code == 404
