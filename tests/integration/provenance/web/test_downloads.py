"""Formats of a release on the pages: offered, asked for, fetched, refused; and the brand's presets."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.captions import tracks
from dam.catalog.models import Asset, ReleaseState, Version
from dam.core import storage
from dam.media import encoders
from dam.media.presets import Captions, Recipe
from dam.rights.models import RightsRecord
from provenance.downloads import preset_files, presets
from provenance.downloads.captioning import ChosenCaptions
from provenance.downloads.models import DownloadPreset, FileState, PresetFile
from provenance.models import Release
from provenance.releases.states import ReleaseStatus
from tests import release_factory
from tests.factories import ApprovedVersionFactory, BrandFactory, member
from tests.unit.dam.media.test_probe import INFO

CONTENT = bytes(range(256)) * 8
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]


@pytest.fixture
def version(tmp_path: Path) -> Version:
    made: Version = ApprovedVersionFactory.create(asset__title="Summer", media_info=INFO.to_json())
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    release_factory.ready(made, stored=storage.put(path, brand_id=made.brand_id, suffix=".mp4"))
    return made


def ready(version: Version) -> PresetFile:
    release = Release.objects.get(version=version)
    file: PresetFile = PresetFile.objects.create(
        brand=version.brand, release=release, version=version, user=version.created_by, preset="Square",
        recipe=preset_of(version).recipe, digest="0" * 64, state=FileState.READY, sha256=release.sha256,
        size=release.size, content_type="video/mp4", storage_key=release.storage_key,
    )  # fmt: skip
    return file


def preset_of(version: Version, shipped: str = "square") -> DownloadPreset:
    return presets.of(version.brand).get(shipped=shipped)


def client_of(version: Version, role: Role = Role.VIEWER) -> Client:
    client = Client()
    client.force_login(member(version.brand, role).user)
    return client


def page(version: Version, client: Client) -> str:
    address = reverse("asset-downloads", args=[version.brand.slug, version.asset_id])
    return str(client.get(address, {"use": "web", "territory": "DE"}).content.decode())


def fetch(file: PresetFile, client: Client, query: str = "?use=web&territory=DE") -> Any:
    return client.get(reverse("download-file", args=[file.brand.slug, file.pk]) + query)


def test_every_preset_is_offered_with_what_comes_of_this_clip(version: Version) -> None:
    shown = page(version, client_of(version))
    for preset in presets.of(version.brand).exclude(shipped__in=["mp3", "wav"]):  # sound alone
        assert preset.name in shown
    assert "MP3" not in shown
    assert "H.264 (MP4) · 576 × 576 · −14 LUFS" in shown


def test_asking_makes_the_file_wait_for_a_worker(version: Version) -> None:
    client = client_of(version)
    address = reverse("download-make", args=[version.brand.slug, version.pk, preset_of(version).pk])
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 302
    assert PresetFile.objects.get().state == "waiting"
    assert "Waiting for a worker." in page(version, client)
    assert Event.objects.filter(verb="rendition.requested").count() == 1


def test_with_script_the_list_comes_back_at_once(version: Version) -> None:
    address = reverse("download-make", args=[version.brand.slug, version.pk, preset_of(version).pk])
    said = {"use": "web", "territory": "DE"}
    answer = client_of(version).post(address, said, headers={"HX-Request": "true", "HX-Target": "downloads"})
    assert answer.status_code == 200
    assert b"Waiting for a worker." in answer.content
    assert b"<html" not in answer.content


def test_what_ffmpeg_cannot_make_is_said_and_not_offered(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "_have", lambda binary: frozenset({"libx264", "aac", "loudnorm"}))
    client = client_of(version)
    address = reverse("download-make", args=[version.brand.slug, version.pk, preset_of(version, "hevc").pk])
    assert "FFmpeg on this server can&#x27;t make this format" in page(version, client)
    client.post(address)
    assert not PresetFile.objects.exists()
    assert "it lacks libx265" in page(version, client)


@pytest.mark.parametrize(
    ("fields", "said", "unsaid"),
    [
        ({"vmaf": 96.1, "vmaf_low": 90.0}, ["quality 96.1 of 100 (VMAF)"], "below the floor"),
        ({}, [], "VMAF"),
        (
            {"vmaf": 74.2, "vmaf_low": 60.0, "vmaf_first": 61.3},
            ["quality 74.2 of 100", "below the floor of 80", "at a higher rate, up from 61.3"],
            "allows no more",
        ),
    ],
)
def test_how_much_a_movie_looks_like_its_release_is_said(
    version: Version, fields: dict[str, float], said: list[str], unsaid: str
) -> None:
    file = ready(version)
    _recipe, digest = preset_files.wanted(
        file.release,
        version.asset,
        preset_of(version),
        captions=ChosenCaptions(),
        frame=preset_files.still_frame(version),
        watermark=False,
    )
    PresetFile.objects.filter(pk=file.pk).update(digest=digest, **fields)
    html = page(version, client_of(version))
    assert all(each in html for each in said)
    assert unsaid not in html


def test_a_limit_that_costs_quality_is_named(version: Version) -> None:
    file = ready(version)
    small = preset_of(version, "small")
    DownloadPreset.objects.filter(pk=small.pk).update(recipe=small.recipe | {"most_kbps": 400})
    small.refresh_from_db()
    recipe, digest = preset_files.wanted(
        file.release,
        version.asset,
        small,
        captions=ChosenCaptions(),
        frame=preset_files.still_frame(version),
        watermark=False,
    )
    PresetFile.objects.filter(pk=file.pk).update(digest=digest, recipe=recipe.to_json(), vmaf=41.0)
    assert "The preset allows no more than 400 kbit/s." in page(version, client_of(version))


def test_the_bytes_leave_under_the_name_of_the_preset_and_are_recorded(version: Version) -> None:
    file = ready(version)
    response = fetch(file, client_of(version))
    assert b"".join(response) == CONTENT
    assert response.headers["Content-Disposition"] == 'attachment; filename="Summer (Square).mp4"'
    assert Event.objects.get(verb="release.downloaded").data["sha256"] == file.sha256


def test_the_rights_policy_is_asked_for_each_fetch(version: Version) -> None:
    file, client = ready(version), client_of(version, Role.CREATOR)
    RightsRecord.objects.filter(version=version).update(valid_until=timezone.now() - timedelta(days=1))
    assert fetch(file, client).status_code == 403


def test_a_use_that_is_not_cleared_is_refused(version: Version) -> None:
    assert fetch(ready(version), client_of(version), "?use=broadcast").status_code == 403


def test_nothing_is_left_of_a_release_that_was_withdrawn(version: Version) -> None:
    file, client = ready(version), client_of(version, Role.CREATOR)
    Release.objects.filter(version=version).update(state=ReleaseStatus.WITHDRAWN, ended_at=timezone.now())
    assert fetch(file, client).status_code == 404


def test_another_brand_has_nothing(version: Version) -> None:
    file = ready(version)
    stranger = Client()
    stranger.force_login(member(BrandFactory.create()).user)
    assert fetch(file, stranger).status_code == 404


def test_a_file_that_storage_lost_can_be_made_again(version: Version) -> None:
    file = ready(version)
    PresetFile.objects.filter(pk=file.pk).update(storage_key="1/aa/lost.mp4")
    assert fetch(file, client_of(version)).status_code == 404
    file.refresh_from_db()
    assert file.state == FileState.CLEARED


def test_the_list_asks_as_much_for_many_presets_as_for_few(
    version: Version, django_assert_max_num_queries: Any
) -> None:
    client = client_of(version)
    page(version, client)
    with django_assert_max_num_queries(25):
        page(version, client)


def test_a_brand_without_presets_says_so_and_not_that_the_release_is_missing(version: Version) -> None:
    assert presets.of(version.brand).exists()
    DownloadPreset.objects.update(deleted_at=timezone.now())
    assert "No other formats are offered in this brand." in page(version, client_of(version))
    assert "Change the presets" in page(version, client_of(version, Role.ADMIN))
    Release.objects.update(state=ReleaseStatus.WITHDRAWN, ended_at=timezone.now())
    Version.objects.update(release=ReleaseState.WITHDRAWN)
    assert "There is no release to make formats of yet." in page(version, client_of(version))


def test_a_preset_is_added_changed_deleted_and_restored(version: Version) -> None:
    client, slug = client_of(version, Role.ADMIN), version.brand.slug
    form = {"revision": 0, "name": "Story", "format": "hevc", "shape": "9:16", "captions": "none"}
    assert client.post(reverse("preset-add", args=[slug]), form).status_code == 302
    story = DownloadPreset.objects.get(name="Story")
    edit = reverse("preset-edit", args=[slug, story.pk])
    assert client.post(edit, form | {"label": "Internal"}).status_code == 302
    story.refresh_from_db()
    assert (story.recipe["label"], story.revision) == ("Internal", 1)
    assert client.post(edit, form | {"label": "Other"}).status_code == 422  # of the page as it was before
    client.post(reverse("preset-delete", args=[slug, story.pk]))
    assert story not in presets.of(version.brand)
    client.post(reverse("preset-restore", args=[slug, story.pk]))
    assert story in presets.of(version.brand)
    verbs = (
        Event.objects.filter(verb__startswith="preset.").order_by("sequence").values_list("verb", flat=True)
    )
    assert list(verbs) == ["preset.created", "preset.edited", "preset.deleted", "preset.restored"]


def test_a_preset_is_restored_only_where_there_is_room(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, slug = client_of(version, Role.ADMIN), version.brand.slug
    preset = presets.of(version.brand).first()
    assert preset is not None
    client.post(reverse("preset-delete", args=[slug, preset.pk]))
    monkeypatch.setattr(presets, "MOST", presets.of(version.brand).count())
    answer = client.post(reverse("preset-restore", args=[slug, preset.pk]), follow=True)
    assert "presets. Delete one first." in answer.content.decode()
    assert preset not in presets.of(version.brand)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "Landscape 16:9"}, "Another preset has this name"),
        ({"name": " "}, "This field is required"),
        ({"format": "gif", "most_kbps": "800"}, "no bitrate to limit"),
        ({"format": "png", "loudness": "-14"}, "no sound"),
        ({"format": "gif", "captions": "track"}, "no track for captions"),
        ({"label": "x" * 81}, "at most 80 characters"),
    ],
)
def test_what_a_format_cannot_have_is_refused_in_words(
    version: Version, changed: dict[str, str], said: str
) -> None:
    form = {"revision": "0", "name": "Story", "format": "h264", "shape": "1:1", "captions": "none"}
    client = client_of(version, Role.ADMIN)
    presets.of(version.brand)
    answer = client.post(reverse("preset-add", args=[version.brand.slug]), form | changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_presets_are_moved_up_and_down(version: Version) -> None:
    client = client_of(version, Role.ADMIN)
    first, second = presets.of(version.brand)[:2]
    client.post(reverse("preset-move", args=[version.brand.slug, second.pk]), {"to": "up"})
    assert list(presets.of(version.brand)[:2]) == [second, first]


def test_the_focus_point_is_saved_and_told(version: Version) -> None:
    client = client_of(version, Role.CREATOR)
    address = reverse("asset-focus", args=[version.brand.slug, version.asset_id])
    assert client.post(address, {"x": "20", "y": "75"}).status_code == 302
    asset = Asset.objects.get(pk=version.asset_id)
    assert (asset.focus_x, asset.focus_y) == (200, 750)
    assert Event.objects.get(verb="asset.edited").data["focus"] == ["50 % / 50 %", "20 % / 75 %"]
    assert client.post(address, {"x": "101", "y": "0"}).status_code == 422
    assert client.post(address, {"centre": "1"}).status_code == 302
    asset.refresh_from_db()
    assert (asset.focus_x, asset.focus_y) == (500, 500)


def test_where_a_clip_has_captions_in_several_languages_one_is_chosen(version: Version) -> None:
    ready(version)
    admin = member(version.brand, Role.ADMIN)
    presets.add(by=admin, name="Captioned", recipe=Recipe(captions=Captions.TRACK))
    tracks.put(version, tracks.Said("en"), [(0, 300, "Hello")], by=admin)
    client = client_of(version)
    assert "Captions in" not in page(version, client)
    tracks.put(version, tracks.Said("de"), [(0, 300, "Guten Tag")], by=admin)
    assert '<input type="hidden" name="captions" value="de" />' in page(version, client)
    address = reverse("asset-downloads", args=[version.brand.slug, version.asset_id])
    chosen = client.get(address, {"use": "web", "territory": "DE", "captions": "en"}).content.decode()
    assert '<input type="hidden" name="captions" value="en" />' in chosen
