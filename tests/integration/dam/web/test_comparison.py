"""Comparing two versions of a clip."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from kombu.exceptions import OperationalError

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from dam.ingest import renditions
from dam.media import runner, tasks
from tests import media_factory
from tests.factories import RenditionFactory, VersionFactory, next_version
from tests.integration.dam.web.conftest import SignIn


@pytest.fixture
def first(brand: Brand) -> Version:
    version: Version = VersionFactory.create(asset__brand=brand, asset__title="Summer can", width=1280)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    return version


@pytest.fixture
def second(first: Version) -> Version:
    version = next_version(first, width=1920, height=1080)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    return version


def page(sign_in: SignIn, version: Version, **asked: str) -> str:
    address = reverse("asset-compare", args=["northwind", version.asset_id])
    return str(sign_in(Role.CREATOR).get(address, asked).content.decode())


def files(content: str) -> list[str]:
    return re.findall(r'<(?:video|img|audio)[^>]* src="[^"]*/files/([^"]*)"', content)


def test_the_newest_is_compared_with_the_one_before(first: Version, second: Version, sign_in: SignIn) -> None:
    content = page(sign_in, second)
    assert files(content) == [f"{first.pk}/proxy", f"{second.pk}/proxy"]
    assert 'data-mode="side"' in content


@pytest.mark.parametrize("mode", ["wipe", "difference"])
def test_how_to_compare_is_in_the_address(
    first: Version, second: Version, sign_in: SignIn, mode: str
) -> None:
    asked: Any = {"as": mode}
    assert f'data-mode="{mode}"' in page(sign_in, second, **asked)


@pytest.mark.parametrize("asked", [{"one": "9", "two": "x", "as": "magic"}, {"one": "2", "two": "2"}])
def test_what_is_not_there_falls_back(first: Version, second: Version, sign_in: SignIn, asked: Any) -> None:
    content = page(sign_in, second, **asked)
    assert files(content) == [f"{first.pk}/proxy", f"{second.pk}/proxy"]


def test_what_differs_in_their_details_is_named(first: Version, second: Version, sign_in: SignIn) -> None:
    rows = re.findall(
        r"<tr (data-differs)?\s*>.*?<th scope=\"row\">\s*([^<(]*?)\s*<", page(sign_in, second), re.S
    )
    assert ("data-differs", "Resolution") in rows
    assert ("", "Length") in rows


def test_a_clip_of_one_version_says_so(first: Version, sign_in: SignIn) -> None:
    assert "Only one version" in page(sign_in, first)


def test_one_without_a_preview_is_told(first: Version, sign_in: SignIn) -> None:
    second = next_version(first)
    assert "has no preview yet" in page(sign_in, second)


def test_a_viewer_compares_nothing(first: Version, second: Version, sign_in: SignIn) -> None:
    address = reverse("asset-compare", args=["northwind", first.asset_id])
    assert sign_in(Role.VIEWER).get(address).status_code == 403


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What was sent to the workers, which don't take it."""
    sent: list[dict[str, str]] = []

    def send(name: str, *, expires: float, **ids: str) -> None:
        assert name == "media.compare_pictures"
        sent.append(ids)

    monkeypatch.setattr("dam.core.tasks.send", send)
    return sent


@pytest.fixture
def pictured(first: Version, second: Version, tmp_path: Path) -> None:
    for version, frames in ((first, 24), (second, 48)):
        path = media_factory.clip(tmp_path / f"{frames}.mp4", frames=frames, seed=frames)
        stored = storage.put(path, brand_id=version.brand_id, suffix=".mp4")
        Version.objects.filter(pk=version.pk).update(
            storage_key=stored.key, media_info=runner.probe(path).to_json()
        )
        version.refresh_from_db()
        renditions.make(version, "sprite")


def test_a_worker_tells_once_when_pictures_differ_and_the_page_asks_again(
    second: Version, pictured: None, sign_in: SignIn, asked: list[dict[str, str]]
) -> None:
    for _ in range(2):
        content = page(sign_in, second, one="2", two="1")
        assert "are being compared" in content
        assert 'hx-get="?one=2&amp;two=1&amp;as=side"' in content
    (ids,) = asked
    tasks.compare_pictures(**ids)
    content = page(sign_in, second, one="2", two="1")
    assert "They look different here" in content
    assert "data-seek-ms=" in content
    assert "being compared" not in content
    assert len(asked) == 1


def test_pictures_that_are_gone_are_compared_no_longer(
    second: Version, pictured: None, sign_in: SignIn, asked: list[dict[str, str]]
) -> None:
    page(sign_in, second)
    storage.delete(second.renditions.get(kind=RenditionKind.SPRITE).storage_key)
    tasks.compare_pictures(**asked[0])
    content = page(sign_in, second)
    assert "being compared" not in content
    assert "No difference was found" not in content


def test_without_workers_the_rest_of_the_page_is_there(
    second: Version, pictured: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **more: object) -> None:
        raise OperationalError

    monkeypatch.setattr("dam.core.tasks.send", fail)
    assert "Resolution" in page(sign_in, second)


def test_how_much_louder_one_is_is_named(first: Version, second: Version, sign_in: SignIn) -> None:
    for version, integrated in ((first, -23.0), (second, -16.5)):
        kept = {"integrated": integrated, "range": 3.0, "peak": -1.0}
        Version.objects.filter(pk=version.pk).update(media_info={**version.media_info, "loudness": kept})
    content = page(sign_in, second)
    assert "−16.5 LUFS, range 3.0 LU, peak −1.0 dBTP (6.5 LU louder)" in content
