"""Damage inside a file that can be read: found while its proxy is made, noted for people and in the trail."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.ingest import importer, renditions
from dam.media import damage
from tests import media_factory
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db


def take(path: Path) -> Version:
    person = member(BrandFactory.create())
    return importer.take(path, brand=person.brand, user=person.user, filename="clip.mp4")


def with_holes(folder: Path) -> Path:
    whole = bytearray(media_factory.clip(folder / "whole.mp4", frames=48).read_bytes())
    middle = (whole.index(b"mdat") + len(whole)) // 2
    whole[middle : middle + 2000] = bytes(2000)
    (folder / "holes.mp4").write_bytes(whole)
    return folder / "holes.mp4"


def test_damaged_frames_are_noted_on_the_page_and_in_the_trail(tmp_path: Path) -> None:
    version = take(with_holes(tmp_path))
    remark = renditions.make(version, "proxy")
    version.refresh_from_db()
    assert damage.PICTURE in version.media_info["warnings"]
    assert damage.PICTURE in remark
    event = Event.objects.get(verb=Verb.VERSION_DAMAGE_FOUND)
    assert (event.data["number"], event.data["warnings"]) == (1, version.media_info["warnings"])
    client = Client()
    client.force_login(version.created_by)
    page = client.get(reverse("asset", args=[version.brand.slug, version.asset_id]))
    assert damage.PICTURE in page.content.decode()


def test_damage_is_noted_once_however_often_the_proxy_is_made(tmp_path: Path) -> None:
    version = take(with_holes(tmp_path))
    renditions.make(version, "proxy")
    renditions.make(Version.objects.get(pk=version.pk), "proxy")
    assert Event.objects.filter(verb=Verb.VERSION_DAMAGE_FOUND).count() == 1


def test_a_sound_file_has_no_warning(tmp_path: Path) -> None:
    version = take(media_factory.clip(tmp_path / "clip.mp4", frames=48))
    assert renditions.make(version, "proxy") == ""
    assert not Event.objects.filter(verb=Verb.VERSION_DAMAGE_FOUND).exists()


def test_what_an_incomplete_file_lacks_is_in_the_trail(tmp_path: Path) -> None:
    whole = media_factory.clip(tmp_path / "whole.mp4", frames=240).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: int(len(whole) * 0.97)])
    version = take(tmp_path / "cut.mp4")
    event = Event.objects.get(verb=Verb.ASSET_UPLOADED)
    assert event.data["warnings"] == list(version.media_info["warnings"]) != []
