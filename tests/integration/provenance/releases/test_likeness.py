"""A copy of a release that was encoded anew, cropped or mirrored is found by what it looks like."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image, ImageOps

from dam.catalog.models import AssetKind, Version
from dam.media import budgets, ffmpeg, runner
from dam.media.errors import MediaFailed
from provenance.releases import likeness
from provenance.releases.models import Release, ReleasePrint
from tests.release_factory import case_of, sign
from tests.review_factory import Case
from tests.unit.dam.media.test_copy_detection import film
from tests.unit.dam.media.test_fingerprints import encoded
from tests.unit.dam.media.test_still_copies import image

pytestmark = pytest.mark.django_db


def movie(folder: Path, seed: int) -> Path:
    path = folder / f"film-{seed}.mp4"
    encoded(film(seed), path, crf=18)
    return path


def released(master: Path) -> Release:
    case: Case = case_of(master)
    case.approve_all()
    return sign(case.version)


def copy_of(path: Path, *how: str) -> Path:
    out = path.with_name(f"copy-{path.name}")
    command = [ffmpeg.binary(), "-y", "-v", "error", "-i", str(path), "-map_metadata", "-1", *how, str(out)]
    subprocess.run(command, check=True)
    return out


def found(path: Path) -> list[tuple[int, bool, bool]]:
    return [(each.release, each.cropped, each.mirrored) for each in likeness.look(path)]


def test_a_signed_release_waits_to_be_looked_at_and_its_copies_are_found(tmp_path: Path) -> None:
    release, other = (released(movie(tmp_path, seed)) for seed in (0, 1))
    assert found(movie(tmp_path, 0)) == []
    assert likeness.tend() == 2
    assert likeness.tend() == 0
    assert found(copy_of(movie(tmp_path, 0), "-crf", "38", "-s", "160x90")) == [(release.pk, False, False)]
    cropped = copy_of(movie(tmp_path, 1), "-vf", "crop=iw*0.9:ih*0.9")
    assert found(cropped) == [(other.pk, True, False)]
    assert found(copy_of(movie(tmp_path, 1), "-vf", "hflip")) == [(other.pk, False, True)]
    assert found(copy_of(movie(tmp_path, 1), "-ss", "2")) == [(other.pk, False, False)]
    assert found(movie(tmp_path, 2)) == []


def test_what_has_no_pictures_is_like_nothing(tmp_path: Path) -> None:
    released(movie(tmp_path, 0))
    likeness.tend()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(movie(tmp_path, 0).read_bytes()[:900])
    assert likeness.look(broken) == []


def test_one_that_cannot_be_read_is_tried_no_more_than_a_few_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = released(movie(tmp_path, 0))

    def fail(*_args: object, **_given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(likeness, "_made", fail)
    at = timezone.now()
    for number in range(likeness.MOST_ATTEMPTS):
        with pytest.raises(MemoryError):
            likeness.tend(at=at + number * 2 * likeness.AGAIN)
        assert likeness.tend(at=at + number * 2 * likeness.AGAIN) == 0  # somebody else has it
    assert likeness.tend(at=at + timedelta(days=1)) == 0
    row = ReleasePrint.objects.get(pk=release.pk)
    assert (row.due_at, row.content) == (None, None)


def test_damaged_pictures_leave_a_row_without_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = released(movie(tmp_path, 0))

    def fail(*_args: object, **_given: object) -> None:
        raise MediaFailed("damaged")

    monkeypatch.setattr(runner, "sample_frames", fail)
    assert likeness.tend() == 1
    assert ReleasePrint.objects.get(pk=release.pk).content is None


def test_a_release_that_an_earlier_version_signed_is_looked_at_too(tmp_path: Path) -> None:
    release = released(movie(tmp_path, 0))
    ReleasePrint.objects.all().delete()
    assert likeness.tend() == 1
    assert ReleasePrint.objects.get(pk=release.pk).content is not None


def test_a_token_that_too_many_have_is_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released(movie(tmp_path, 0))
    likeness.tend()
    monkeypatch.setattr(likeness, "COMMON", 0)
    assert found(movie(tmp_path, 0)) == []


def test_what_takes_long_to_lay_out_is_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released(movie(tmp_path, 0))
    likeness.tend()
    monkeypatch.setattr(budgets, "is_long", lambda **_facts: True)
    assert found(movie(tmp_path, 0)) == []


def picture(folder: Path, seed: int) -> Path:
    path = folder / f"image-{seed}.png"
    image(seed).save(path)
    return path


def released_image(folder: Path, seed: int) -> Release:
    case = case_of(picture(folder, seed), suffix=".png")
    Version.objects.filter(pk=case.version.pk).update(kind=AssetKind.STILL)
    case.version.refresh_from_db()
    case.approve_all()
    return sign(case.version)


def test_a_released_image_is_found_by_its_copies(tmp_path: Path) -> None:
    release, other = (released_image(tmp_path, seed) for seed in (0, 1))
    assert likeness.tend() == 2
    assert likeness.tend() == 0
    saved, cropped = tmp_path / "saved.jpg", tmp_path / "cropped.webp"
    image(0).resize((320, 180)).save(saved, quality=40)
    ImageOps.mirror(image(1)).crop((32, 18, 608, 342)).save(cropped)
    [found_image] = likeness.look(saved)
    assert found_image.share > 0.9
    assert found_image.to_json() == {
        "release": release.pk,
        "share": found_image.share,
        "cropped": False,
        "mirrored": False,
        "still": True,
    }
    assert found(cropped) == [(other.pk, True, True)]
    assert found(picture(tmp_path, 2)) == []
    assert found(movie(tmp_path, 0)) == []  # films are compared with films


def test_an_image_that_a_process_of_an_earlier_version_looked_at_is_looked_at_again(tmp_path: Path) -> None:
    release = released_image(tmp_path, 0)
    ReleasePrint.objects.filter(pk=release.pk).update(due_at=None, attempts=1)
    assert likeness.tend() == 1
    assert found(picture(tmp_path, 0)) == [(release.pk, False, False)]


def test_an_image_of_one_colour_is_looked_at_once(tmp_path: Path) -> None:
    Image.new("RGB", (320, 180), (90, 20, 20)).save(tmp_path / "plain.png")
    case = case_of(tmp_path / "plain.png", suffix=".png")
    Version.objects.filter(pk=case.version.pk).update(kind=AssetKind.STILL)
    case.version.refresh_from_db()
    case.approve_all()
    sign(case.version)
    assert likeness.tend() == 1
    assert likeness.tend() == 0
    assert likeness.look(tmp_path / "plain.png") == []
