"""What a watermark was put into is kept for good, and a copy leads to the release that stands for it."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Version
from dam.core import storage
from dam.media import ffmpeg, invisible_watermark, runner
from dam.rights.models import MadeFrom, Relation, RightsRecord
from provenance.manifests import claims, verify
from provenance.models import Release, Watermark
from provenance.releases import watermarked
from provenance.watermarks import keys, marks
from provenance.watermarks.marks import Chosen
from tests import media_factory, rubric
from tests.factories import BrandFactory, VersionFactory
from tests.release_factory import case_of, sign
from tests.review_factory import Case
from tests.unit.dam.media.test_copy_detection import film
from tests.unit.dam.media.test_fingerprints import encoded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.WATERMARK_KEY = "the installation's own"


def marked(folder: Path, *, seed: int = 1) -> tuple[Path, Chosen]:
    """A film with a watermark, as a generator's worker leaves it."""
    chosen = marks.fresh(BrandFactory.create(watermarks=True), width=320, height=180)
    assert chosen is not None
    plain, out = folder / "plain.mp4", folder / "film.mp4"
    encoded(film(seed), plain, crf=14)
    runner.transcode_release(plain, out, mark=chosen.mark)
    return out, chosen


def released(folder: Path) -> tuple[Path, Case, Release]:
    master, chosen = marked(folder)
    case = case_of(master)
    marks.keep(chosen, case.version, at=timezone.now())
    case.approve_all()
    return master, case, sign(case.version)


def copy_of(path: Path, *how: str) -> Path:
    out = path.with_name("copy.mp4")
    command = [ffmpeg.binary(), "-y", "-v", "error", "-i", str(path), "-map_metadata", "-1", *how, str(out)]
    subprocess.run(command, check=True)
    return out


def test_a_copy_leads_to_its_release(tmp_path: Path) -> None:
    master, _case, release = released(tmp_path)
    [found] = watermarked.look(copy_of(master, "-crf", "22", "-vf", "crop=iw*0.9:ih*0.9"))
    assert (found.release, found.cropped, found.mirrored) == (release.pk, True, False)
    [found] = watermarked.look(copy_of(master, "-crf", "22", "-vf", "hflip", "-ss", "1"))
    assert (found.release, found.cropped, found.mirrored) == (release.pk, False, True)


def test_a_mark_of_another_installation_leads_nowhere(tmp_path: Path, settings: Any) -> None:
    master, _case, _release = released(tmp_path)
    settings.WATERMARK_KEY = "another"
    assert watermarked.look(master) == []


def test_what_was_never_released_is_not_told(tmp_path: Path) -> None:
    master, chosen = marked(tmp_path)
    marks.keep(chosen, case_of(master).version, at=timezone.now())
    assert watermarked.look(master) == []


def test_one_under_embargo_gives_way_to_what_the_file_looks_like(tmp_path: Path) -> None:
    master, case, _release = released(tmp_path)
    later = timezone.now() + timedelta(days=9)
    RightsRecord.objects.filter(version=case.version).update(embargo_until=later)
    assert watermarked.look(master) == []


def test_an_identifier_that_nobody_put_in_leads_nowhere(tmp_path: Path) -> None:
    master, _chosen = marked(tmp_path)
    assert watermarked.look(master) == []
    assert watermarked.of(1) is None


def test_what_is_no_film_has_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0" * 900)
    assert watermarked.look(broken) == []


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path, settings: Any) -> None:
    settings.WATERMARK_KEY, settings.SIGNING_DIR = "", tmp_path / "signing"
    first = keys.every()
    assert keys.every() == first
    assert len({*first}) == keys.LAYERS
    assert (tmp_path / "signing" / keys.FILE_NAME).stat().st_mode & 0o077 == 0


def test_what_is_made_from_marked_pictures_goes_by_another_key(tmp_path: Path) -> None:
    brand, case = BrandFactory.create(watermarks=True), Case()
    first = marks.fresh(brand, width=640, height=360)
    assert first is not None
    marks.keep(first, case.version, at=timezone.now())
    second = marks.fresh(brand, width=640, height=360, made_from=[case.version])
    assert second is not None
    assert (first.layer, second.layer) == (0, 1)
    assert marks.of_master(case.version) == first.mark


def recorded(version: Version, *layers: int) -> list[Version]:
    """Versions with marks by these keys, which it was recorded to be made from."""
    sources = []
    for layer in layers:
        source: Version = VersionFactory.create(asset__brand=version.brand)
        Watermark.objects.create(identifier=90 + layer, brand=version.brand, version=source, layer=layer)
        MadeFrom.objects.create(version=version, source=source, relation=Relation.PARENT)
        sources.append(source)
    return sources


@pytest.mark.parametrize(("layers", "free"), [((0, 2), 1), ((1, 2), 0), ((1,), 0), ((0, 1, 2), 0)])
def test_of_several_sources_the_first_key_that_none_goes_by_is_taken(
    layers: tuple[int, ...], free: int
) -> None:
    brand, case = BrandFactory.create(watermarks=True), Case()
    sources = recorded(case.version, *layers)
    chosen = marks.fresh(brand, width=640, height=360, made_from=sources)
    assert chosen is not None
    assert chosen.layer == free
    assert sorted(each.pk for each in marks.sources_of(case.version)) == sorted(each.pk for each in sources)


@pytest.mark.parametrize(("wanted", "size"), [(False, (640, 360)), (True, (48, 48))])
def test_there_is_none_where_none_is_wanted_or_none_fits(wanted: bool, size: tuple[int, int]) -> None:
    brand = BrandFactory.create(watermarks=wanted)
    assert marks.fresh(brand, width=size[0], height=size[1]) is None
    marks.keep(None, Case().version, at=timezone.now())
    assert not Watermark.objects.exists()


def test_what_a_mark_was_put_into_can_not_be_changed_and_goes_with_its_version_alone() -> None:
    version = Case().version
    Watermark.objects.create(identifier=5, brand=version.brand, version=version, layer=0)
    with pytest.raises(DatabaseError, match="keeps what it was put into"), transaction.atomic():
        Watermark.objects.update(layer=1)
    with pytest.raises(DatabaseError, match="keeps what it was put into"), transaction.atomic():
        Watermark.objects.all().delete()
    other = Version.objects.create(asset=version.asset, brand=version.brand, number=7, **_file(version))
    Watermark.objects.create(identifier=6, brand=version.brand, version=other, layer=0)
    other.delete()
    assert list(Watermark.objects.values_list("pk", flat=True)) == [5]


def _file(version: Version) -> dict[str, Any]:
    names = ("sha256", "storage_key", "size", "created_by", "filename", "content_type")
    return {name: getattr(version, name) for name in names}


@pytest.mark.parametrize("wanted", [True, False])
def test_a_release_that_is_made_anew_gets_one_as_the_brand_wants(tmp_path: Path, wanted: bool) -> None:
    webm = media_factory.movie(tmp_path / "master.webm", codec="libvpx", width=320, height=180)
    case = case_of(webm, suffix=".webm")
    case.brand.watermarks = wanted
    case.brand.save(update_fields=["watermarks"])
    case.approve_all()
    release = sign(case.version)
    mark = Watermark.objects.first()
    assert (mark is not None) is wanted
    with_it = tmp_path / "release.mp4"
    with storage.local_copy(release.storage_key) as path:
        with_it.write_bytes(path.read_bytes())
    assert rubric.broken(with_it) == []
    active = verify.check(with_it).active
    assert active is not None
    assert (claims.WATERMARKED in [each.code for each in active.actions]) is wanted
    if mark is not None:
        assert (mark.release_id, mark.version_id) == (release.pk, case.version.pk)
        assert watermarked.of(mark.pk) == release


def test_a_release_that_is_made_anew_again_gets_one_of_its_own_by_a_key_that_its_sources_lack(
    tmp_path: Path,
) -> None:
    webm = media_factory.movie(tmp_path / "master.webm", codec="libvpx", width=320, height=180)
    case = case_of(webm, suffix=".webm")
    case.brand.watermarks = True
    case.brand.save(update_fields=["watermarks"])
    recorded(case.version, 0, 2)
    Watermark.objects.create(
        identifier=5, brand=case.brand, version=case.version, layer=0, release_id=10**9
    )  # of one that was withdrawn
    case.approve_all()
    release = sign(case.version)
    assert Watermark.objects.get(release_id=release.pk).layer == 1


def test_the_pattern_of_a_key_is_always_the_same() -> None:
    """Marks are found again for years."""
    pattern = invisible_watermark.pattern(b"k" * 32, 1, width=64, height=64)
    assert [round(float(each), 3) for each in pattern[0, :4]] == [0.117, 0.495, 0.338, -0.155]


def test_a_mark_goes_with_a_brand_whose_time_has_passed_and_with_no_other() -> None:
    version = Case().version
    Watermark.objects.create(identifier=5, brand=version.brand, version=version, layer=0)
    past = timezone.now() - timedelta(days=1)
    brands = Brand.objects.filter(pk=version.brand_id)
    brands.update(closed_at=past, delete_at=timezone.now() + timedelta(days=1))
    with pytest.raises(DatabaseError, match="keeps what it was put into"), transaction.atomic():
        Watermark.objects.all()._raw_delete("default")
    brands.update(delete_at=past)
    Watermark.objects.all()._raw_delete("default")
    assert not Watermark.objects.exists()
