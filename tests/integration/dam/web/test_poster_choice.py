"""Choosing a clip's poster on its page."""

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.catalog.models import Rendition, Version
from dam.media.probe import Kind
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def version() -> Version:
    version = VersionFactory.create()
    fields = {"sha256": "ab" * 32, "size": 9, "content_type": "image/webp", "storage_key": "none"}
    Rendition.objects.create(version=version, kind="poster", width=320, height=180, **fields)
    Rendition.objects.create(version=version, kind="proxy", width=320, height=180, **fields)
    return version


@pytest.fixture
def address(version: Version) -> str:
    return reverse("asset-poster", args=[version.brand.slug, version.asset_id])


def chosen(version: Version) -> int | None:
    version.refresh_from_db()
    return version.poster_frame


@pytest.fixture
def editor(client: Client, version: Version) -> Client:
    client.force_login(member(version.brand, Role.CREATOR).user)
    return client


def test_the_page_offers_it_at_the_frame_it_opens_at(editor: Client, version: Version) -> None:
    page = editor.get(reverse("asset", args=[version.brand.slug, version.asset_id]), {"t": "0.5"})
    assert 'value="12"' in page.content.decode()
    assert "Use this frame as the poster" in page.content.decode()


def test_who_may_not_edit_is_not_offered_it(client: Client, version: Version) -> None:
    client.force_login(member(version.brand, Role.BRAND_REVIEWER).user)
    page = client.get(reverse("asset", args=[version.brand.slug, version.asset_id]))
    assert page.status_code == 200
    assert "as the poster" not in page.content.decode()


def test_without_script_a_number_is_sent_and_the_page_says_what_happened(
    editor: Client, version: Version, address: str
) -> None:
    page = editor.post(address, {"frame": "30"}, follow=True)
    assert chosen(version) == 30
    assert "The poster was chosen." in page.content.decode()
    assert "Frame 30, chosen by hand" in page.content.decode()


def test_a_choice_is_undone_and_given_up(editor: Client, version: Version, address: str) -> None:
    first = editor.post(address, {"frame": "30"}, headers=HTMX).content.decode()
    assert 'value="automatic">' in first.replace("\n", "")
    second = editor.post(address, {"frame": "4"}, headers=HTMX).content.decode()
    assert 'value="30"' in second  # Undo goes back to it
    undone = editor.post(address, {"frame": "30", "undo": "1"}, headers=HTMX).content.decode()
    assert "Undo" not in undone
    assert chosen(version) == 30
    editor.post(address, {"frame": "automatic"}, headers=HTMX)
    assert chosen(version) is None


@pytest.mark.parametrize("frame", ["", "x", "48", "-1", "9" * 30, "１"])
def test_what_is_no_frame_of_the_clip_is_refused(
    editor: Client, version: Version, address: str, frame: str
) -> None:
    answer = editor.post(address, {"frame": frame}, headers=HTMX)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert editor.post(address, {"frame": frame}).status_code == 302
    assert chosen(version) is None


def test_a_page_that_stays_open_gets_another_address_for_another_picture(
    editor: Client, version: Version, address: str
) -> None:
    before = editor.get(address).content.decode()
    Rendition.objects.filter(version=version, kind="poster").update(sha256="cd" * 32)
    after = editor.get(address).content.decode()
    assert f"poster?of={'ab' * 6}" in before
    assert f"poster?of={'cd' * 6}" in after


@pytest.mark.parametrize(("kind", "words"), [(Kind.SOUND, "waveform"), (Kind.STILL, "its own poster")])
def test_sounds_and_images_say_why_there_is_no_choice(
    editor: Client, version: Version, address: str, kind: Kind, words: str
) -> None:
    Version.objects.filter(pk=version.pk).update(kind=kind, media_info={"audio_channels": 2})
    page = editor.get(reverse("asset", args=[version.brand.slug, version.asset_id])).content.decode()
    assert words in page
    assert "Use this frame" not in page
    assert words in editor.post(address, {"frame": "1"}, headers=HTMX).content.decode()


def test_the_library_names_the_picture_that_there_is(editor: Client, version: Version) -> None:
    page = editor.get(reverse("library", args=[version.brand.slug]))
    assert f"poster?of={'ab' * 6}" in page.content.decode()
