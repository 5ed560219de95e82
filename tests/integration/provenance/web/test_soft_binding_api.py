"""Programs find a release's Content Credentials by its watermark or by a file; and no more."""

import json
import struct
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.core import storage
from dam.rights.models import RightsRecord
from provenance.manifests import claims, public_checks, tasks
from provenance.manifests.models import ManifestRecord
from provenance.models import Release, Watermark
from provenance.releases import likeness
from provenance.web import soft_binding_api
from tests.integration.provenance.releases.test_watermarked import copy_of, released
from tests.release_factory import case_of
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
ALG = claims.WATERMARK_ALGORITHM


@pytest.fixture(autouse=True)
def _fresh(servers: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"
    settings.WATERMARK_KEY = "the installation's own"
    cache.clear()
    # The worker's part is done as soon as the file is there.
    monkeypatch.setattr(public_checks, "send", lambda _task, submission_id: tasks.verify_file(submission_id))


@pytest.fixture
def clip(tmp_path: Path) -> tuple[Path, Case, Release]:
    return released(tmp_path)


def value() -> str:
    return claims.watermark_value(Watermark.objects.get().pk)


def by_binding(value: str, **more: str) -> Any:
    return Client().get(reverse("soft-binding-by-binding"), {"alg": ALG, "value": value, **more})


def by_content(content: bytes) -> Any:
    address = reverse("soft-binding-by-content")
    return Client().post(address, content, content_type="video/mp4")


def manifest_of(release: Release) -> str:
    return str(ManifestRecord.objects.get(release=release).report["raw"]["active_manifest"])


def test_it_says_what_can_be_asked_by() -> None:
    said = Client().get(reverse("soft-binding-algorithms")).json()
    assert said == {
        "watermarks": [{"alg": ALG}],
        "fingerprints": [{"alg": soft_binding_api.FINGERPRINT_ALGORITHM}],
    }


def test_a_watermark_leads_to_the_manifest_of_its_release(clip: tuple[Path, Case, Release]) -> None:
    wanted = {"matches": [{"manifestId": manifest_of(clip[2])}]}
    assert by_binding(value()).json() == wanted
    body = json.dumps({"alg": ALG, "value": value()})
    posted = Client().post(reverse("soft-binding-by-binding"), body, content_type="application/json")
    assert posted.json() == wanted
    assert by_binding(claims.watermark_value(1)).json() == {"matches": []}


@pytest.mark.parametrize("wrong", ["", "?", "AAAA", "A" * 100])
def test_a_value_that_is_none_is_refused(wrong: str) -> None:
    assert by_binding(wrong).status_code == 400
    assert by_binding(claims.watermark_value(1), alg="com.example.other").status_code == 400
    nonsense = Client().post(reverse("soft-binding-by-binding"), "[1", content_type="application/json")
    assert nonsense.status_code == 400


def test_the_manifest_is_given_out_as_it_stands_in_the_file(clip: tuple[Path, Case, Release]) -> None:
    _master, _case, release = clip
    answer = Client().get(reverse("soft-binding-manifest", args=[manifest_of(release)]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/c2pa")
    length, kind = struct.unpack(">I4s", answer.content[:8])
    assert (length, kind) == (len(answer.content), b"jumb")
    with storage.local_copy(release.storage_key) as path:
        assert answer.content in path.read_bytes()


def test_a_manifest_that_names_people_is_not_given_out(clip: tuple[Path, Case, Release]) -> None:
    record = ManifestRecord.objects.get(release=clip[2])
    named = next(each for each in record.report["manifests"] if each["review"])
    named["review"]["stages"][0]["name"] = "Ada Lovelace"
    record.save(update_fields=["report"])
    assert by_binding(value()).json() == {"matches": []}
    assert Client().get(reverse("soft-binding-manifest", args=[manifest_of(clip[2])])).status_code == 404


def test_nothing_is_told_before_an_embargo_ends(clip: tuple[Path, Case, Release]) -> None:
    later = timezone.now() + timedelta(days=9)
    RightsRecord.objects.filter(version=clip[1].version).update(embargo_until=later)
    assert by_binding(value()).json() == {"matches": []}
    assert Client().get(reverse("soft-binding-manifest", args=[manifest_of(clip[2])])).status_code == 404
    Release.objects.filter(pk=clip[2].pk).update(state="superseded", ended_at=timezone.now())
    assert by_binding(value()).json() == {"matches": []}


def test_what_was_never_released_is_not_told(tmp_path: Path) -> None:
    version = case_of(_any_film(tmp_path)).version
    Watermark.objects.create(identifier=5, brand=version.brand, version=version, layer=0)
    assert by_binding(value()).json() == {"matches": []}


def _any_film(folder: Path) -> Path:
    path = folder / "film.mp4"
    path.write_bytes(b"film")
    return path


def test_a_file_leads_there_by_its_bytes_its_watermark_or_its_looks(
    clip: tuple[Path, Case, Release], settings: Any
) -> None:
    master, _case, release = clip
    likeness.tend()
    with storage.local_copy(release.storage_key) as path:
        exact = by_content(path.read_bytes()).json()
    assert exact == {"matches": [{"manifestId": manifest_of(release), "similarityScore": 100}]}
    copy = copy_of(master, "-crf", "22", "-vf", "crop=iw*0.95:ih*0.95").read_bytes()
    assert by_content(copy).json() == {"matches": [{"manifestId": manifest_of(release)}]}
    settings.WATERMARK_KEY = "another"
    [alike] = by_content(copy).json()["matches"]
    assert alike["manifestId"] == manifest_of(release)
    assert 60 <= alike["similarityScore"] <= 100


def test_a_file_that_nobody_takes_is_answered_all_the_same(
    monkeypatch: pytest.MonkeyPatch, clip: tuple[Path, Case, Release]
) -> None:
    monkeypatch.setattr(public_checks, "send", lambda _task, submission_id: None)
    monkeypatch.setattr(soft_binding_api, "WAIT", 0.5)
    answer = by_content(b"film")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert by_content(b"").status_code == 400


def test_it_counts_against_the_hour_of_the_verify_page(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 2
    answers = [by_binding(claims.watermark_value(1)).status_code for _round in range(3)]
    assert answers == [200, 200, 429]
    assert Client().get(reverse("soft-binding-manifest", args=["urn:c2pa:1"])).status_code == 429
    assert by_content(b"film").status_code == 429
