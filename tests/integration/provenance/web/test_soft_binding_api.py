"""Programs find a release's Content Credentials by its watermark or by a file; and no more."""

import json
import struct
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.catalog.models import Asset
from dam.core import storage
from dam.rights.models import InheritedTerms, RightsRecord
from provenance.manifests import claims, public_checks, signing, tasks
from provenance.manifests.models import ManifestRecord
from provenance.manifests.public_checks import PublicCheck
from provenance.models import Release, Watermark
from provenance.releases import likeness
from provenance.watermarks import marks
from provenance.web import soft_binding_api
from tests import claim_factory
from tests.integration.provenance.releases.test_watermarked import copy_of, marked, released
from tests.release_factory import case_of, sign
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
    assert said == {"watermarks": [{"alg": ALG}], "fingerprints": []}


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


@pytest.mark.parametrize("most", ["Infinity", "1e999", "[]", "0"])
def test_a_number_of_matches_that_is_none_is_left_out(clip: tuple[Path, Case, Release], most: str) -> None:
    body = f'{{"alg": "{ALG}", "value": "{value()}", "maxResults": {most}}}'
    answer = Client().post(reverse("soft-binding-by-binding"), body, content_type="application/json")
    assert len(answer.json()["matches"]) == 1


def test_what_can_not_be_read_is_refused_and_counts(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 2
    address, deep = reverse("soft-binding-by-binding"), "[" * 500_000
    answers = [Client().post(address, deep, content_type="application/json") for _round in range(3)]
    assert [each.status_code for each in answers] == [400, 400, 429]


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


def nothing_is_told(release: Release) -> bool:
    assert Client().get(reverse("soft-binding-manifest", args=[manifest_of(release)])).status_code == 404
    return bool(by_binding(value()).json() == {"matches": []})


@pytest.mark.parametrize("state", ["withdrawn", "superseded"])
def test_a_release_that_was_withdrawn_is_not_told_and_one_that_was_replaced_is_until_it_is_removed(
    clip: tuple[Path, Case, Release], state: str
) -> None:
    _master, _case, release = clip
    Release.objects.filter(pk=release.pk).update(state=state, ended_at=timezone.now())
    if state == "superseded":
        assert by_binding(value()).json() == {"matches": [{"manifestId": manifest_of(release)}]}
        Asset.objects.filter(pk=release.asset_id).update(trashed_at=timezone.now())
    assert nothing_is_told(release)


@pytest.mark.parametrize(
    "terms",
    [{"uses": ["internal"]}, {"valid_until": timezone.now() - timedelta(days=1)}],
)
def test_what_is_cleared_for_nobody_outside_is_not_told(
    clip: tuple[Path, Case, Release], terms: dict[str, Any]
) -> None:
    RightsRecord.objects.filter(version=clip[1].version).update(**terms)
    assert nothing_is_told(clip[2])


def test_what_a_source_stops_is_not_told_also_once_it_was_replaced(clip: tuple[Path, Case, Release]) -> None:
    _master, case, release = clip
    InheritedTerms.objects.update_or_create(version=case.version, defaults={"stopped": True})
    assert nothing_is_told(release)
    Release.objects.filter(pk=release.pk).update(state="superseded", ended_at=timezone.now())
    assert nothing_is_told(release)


@pytest.mark.parametrize(
    "theirs",
    [
        {"claim_generator": "Camera 1.0", "trusted": True},
        {"claim_generator": "Reelproof 1", "trusted": False},
    ],
)
def test_a_store_that_holds_manifests_of_others_is_not_given_out(
    clip: tuple[Path, Case, Release], theirs: dict[str, Any]
) -> None:
    record = ManifestRecord.objects.get(release=clip[2])
    record.report["raw"]["manifests"]["urn:c2pa:theirs"] = {}
    record.save(update_fields=["report"])
    assert nothing_is_told(clip[2])
    record.report["manifests"].append({**record.report["manifests"][0], "label": "urn:c2pa:theirs", **theirs})
    record.save(update_fields=["report"])
    assert nothing_is_told(clip[2])


def test_a_take_is_told_with_the_manifest_of_how_it_was_made(tmp_path: Path) -> None:
    film, chosen = marked(tmp_path)
    take = tmp_path / "take.mp4"
    signing.sign_generated(film, out=take, facts=claim_factory.generated())
    case = case_of(take)
    marks.keep(chosen, case.version, at=timezone.now())
    case.approve_all()
    release = sign(case.version)
    assert len(ManifestRecord.objects.get(release=release).report["raw"]["manifests"]) == 2
    assert by_binding(value()).json() == {"matches": [{"manifestId": manifest_of(release)}]}


def test_what_was_never_released_is_not_told(tmp_path: Path) -> None:
    version = case_of(_any_film(tmp_path)).version
    Watermark.objects.create(identifier=5, brand=version.brand, version=version, layer=0)
    assert by_binding(value()).json() == {"matches": []}


def _any_film(folder: Path) -> Path:
    path = folder / "film.mp4"
    path.write_bytes(b"film")
    return path


def test_a_file_leads_there_by_its_bytes_or_its_watermark_and_not_by_its_looks(
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
    assert by_content(copy).json() == {"matches": []}


def test_a_file_that_nobody_takes_is_answered_all_the_same(
    monkeypatch: pytest.MonkeyPatch, clip: tuple[Path, Case, Release]
) -> None:
    monkeypatch.setattr(public_checks, "send", lambda _task, submission_id: None)
    monkeypatch.setattr(soft_binding_api, "WAIT", 0.5)
    answer = by_content(b"film")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert by_content(b"").status_code == 400


def test_the_file_is_kept_no_longer_than_it_takes_to_hand_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []

    def temporary() -> Any:
        opened.append(TemporaryFile())  # noqa: SIM115
        return opened[-1]

    def checked(submission: PublicCheck) -> PublicCheck:
        assert [each.closed for each in opened] == [True]
        return submission

    monkeypatch.setattr(soft_binding_api, "TemporaryFile", temporary)
    monkeypatch.setattr(soft_binding_api, "_checked", checked)
    assert by_content(b"film").status_code == 503


def test_it_counts_against_the_hour_of_the_verify_page(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 2
    answers = [by_binding(claims.watermark_value(1)).status_code for _round in range(3)]
    assert answers == [200, 200, 429]
    assert Client().get(reverse("soft-binding-manifest", args=["urn:c2pa:1"])).status_code == 429
    assert by_content(b"film").status_code == 429
