"""Formats of images and sound: made of the release, signed, read back, and offered where their kind is."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from dam.accounts.capabilities import Role
from dam.catalog.models import AssetKind, Version
from dam.core import storage
from dam.media import runner, sniffer
from dam.media.overlay import Notice
from dam.media.presets import Captions, Format, Recipe, Shape
from dam.media.probe import Kind
from provenance.downloads import preset_files, presets, worker
from provenance.downloads.models import DownloadPreset, PresetFile
from provenance.downloads.presets import PresetRefused
from provenance.manifests import verify
from provenance.manifests.validation_codes import State
from provenance.models import Watermark
from tests import rubric, sound_factory, still_factory
from tests.factories import member
from tests.integration.provenance.downloads.conftest import _own_signing_folder
from tests.release_factory import case_of, sign
from tests.review_factory import Case

__all__ = ["_own_signing_folder"]

pytestmark = pytest.mark.django_db


def released(path: Path, kind: AssetKind) -> Case:
    case = case_of(path, suffix=path.suffix)
    info = runner.probe(path)
    Version.objects.filter(pk=case.version.pk).update(
        kind=kind, media_info=info.to_json(), frame_count=info.frame_count, duration_ms=info.duration_ms
    )
    case.version.refresh_from_db()
    case.approve_all()
    assert sign(case.version).state == "ready"
    case.version = Version.objects.select_related("asset", "brand", "rights").get(pk=case.version.pk)
    return case


def made(case: Case, recipe: Recipe) -> PresetFile:
    preset = presets.add(by=member(case.brand, Role.ADMIN), name=f"My {recipe.format}", recipe=recipe)
    file = preset_files.request(case.version, preset, by=case.creator)
    worker.run(str(file.pk))
    file.refresh_from_db()
    assert (file.state, file.reason) == ("ready", "")
    return file


def read_back(file: PresetFile, folder: Path) -> tuple[Path, list[str]]:
    """Its own copy, and what its manifest says was done, once all of it holds."""
    copy = folder / f"copy{Path(file.storage_key).suffix}"
    with storage.local_copy(file.storage_key) as path:
        copy.write_bytes(path.read_bytes())
    report = verify.check(copy)
    assert report.state is State.TRUSTED
    assert rubric.broken(copy) == []
    assert [each.review is not None for each in report.chain] == [False, True]
    assert report.active is not None
    assert storage.sha256_of(copy) == file.sha256
    return copy, [action.code for action in report.active.actions]


@pytest.mark.parametrize("watermarks", [False, True])
@pytest.mark.parametrize("format", [Format.JPEG, Format.PNG, Format.STILL_WEBP, Format.STILL_AVIF])
def test_an_image_comes_in_another_format_cropped_and_signed(
    format: Format, watermarks: bool, tmp_path: Path
) -> None:
    case = released(still_factory.still(tmp_path / "logo.tiff", size=(320, 200)), AssetKind.STILL)
    case.version.brand.watermarks = watermarks
    case.version.brand.save()
    file = made(case, Recipe(format=format, shape=Shape.SQUARE, longest_side=128))
    copy, done = read_back(file, tmp_path)
    with Image.open(copy) as picture:
        assert picture.size == (128, 128) == (file.width, file.height)
    assert "c2pa.trimmed" not in done
    assert {"c2pa.cropped", "c2pa.resized.proportional", "c2pa.converted"} <= set(done)
    assert Watermark.objects.exists() is watermarks


def test_an_image_that_must_show_a_label_does(tmp_path: Path) -> None:
    case = released(
        still_factory.still(tmp_path / "dark.png", size=(640, 400), colour=(9, 9, 9)), AssetKind.STILL
    )
    plain = made(case, Recipe(format=Format.PNG))
    notices = (Notice("ai", "Made by AI", None, 60),)
    preset = DownloadPreset.objects.get(name="My png")
    file = preset_files.request(case.version, preset, by=case.creator, notices=notices)
    assert file != plain
    worker.run(str(file.pk))
    file.refresh_from_db()
    _copy, done = read_back(file, tmp_path)
    assert "c2pa.addedText" in done
    assert file.carries == ["ai"]


@pytest.mark.parametrize(
    ("format", "suffix"), [(Format.MP3, "mp3"), (Format.AAC, "m4a"), (Format.WAV, "wav")]
)
@pytest.mark.parametrize("master", ["wav", "mp3"])
def test_sound_comes_in_another_format_levelled_and_signed(
    master: str, format: Format, suffix: str, tmp_path: Path
) -> None:
    case = released(sound_factory.tone(tmp_path / f"bed.{master}", seconds=4), AssetKind.SOUND)
    case.version.brand.watermarks = True  # which there is no picture for
    case.version.brand.save()
    file = made(case, Recipe(format=format, loudness=-18))
    copy, done = read_back(file, tmp_path)
    kind = sniffer.read(copy)
    assert kind is not None
    assert (kind.content_type, kind.suffix) == (file.content_type, f".{suffix}")
    assert runner.probe(copy).kind is Kind.SOUND
    assert file.loudness == pytest.approx(-18, abs=1)
    assert done[:2] == ["c2pa.opened", "c2pa.edited"]
    assert ("c2pa.transcoded" if master == suffix else "c2pa.converted") in done
    assert not Watermark.objects.exists()


def listed(case: Case) -> tuple[str, list[str]]:
    client = Client()
    client.force_login(member(case.brand, Role.VIEWER).user)
    address = reverse("asset-downloads", args=[case.brand.slug, case.version.asset_id])
    answer = client.get(address + "?use=web&territory=DE")
    return answer.content.decode(), [row.preset.name for row in answer.context["rows"]]


def test_each_kind_is_offered_what_is_made_of_it(tmp_path: Path) -> None:
    image = released(still_factory.still(tmp_path / "logo.png"), AssetKind.STILL)
    html, names = listed(image)
    assert names == ["Still picture", "Still picture, lossless"]
    assert "96 × 64" in html
    sound = released(sound_factory.tone(tmp_path / "bed.wav"), AssetKind.SOUND)
    html, names = listed(sound)
    assert names == ["MP3", "WAV"]
    assert "MP3 · −16 LUFS" in html
    gif = presets.of(image.brand).get(shipped="gif")
    with pytest.raises(preset_files.DownloadRefused, match="this kind of clip"):
        preset_files.request(image.version, gif, by=image.creator)
    page = Client()
    page.force_login(sound.creator.user)
    asset = page.get(reverse("asset", args=[sound.brand.slug, sound.version.asset_id])).content.decode()
    assert "Download as…" in asset


@pytest.mark.parametrize(
    ("recipe", "field"),
    [
        (Recipe(format=Format.MP3, shape=Shape.SQUARE), "shape"),
        (Recipe(format=Format.WAV, longest_side=640), "longest_side"),
        (Recipe(format=Format.AAC, label="Draft"), "label"),
        (Recipe(format=Format.AAC, captions=Captions.BURNT_IN), "captions"),
        (Recipe(format=Format.MP3, most_kbps=400), "most_kbps"),
        (Recipe(format=Format.STILL_AVIF, loudness=-16), "loudness"),
    ],
)
def test_a_preset_asks_nothing_that_its_format_has_not(recipe: Recipe, field: str, tmp_path: Path) -> None:
    with pytest.raises(PresetRefused) as refused:
        presets.check(recipe)
    assert refused.value.field == field
