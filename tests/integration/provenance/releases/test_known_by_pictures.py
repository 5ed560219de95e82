"""The decision and the release name the pictures that were approved, and a stripped copy is known by them."""

import json
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from dam.catalog import versions
from dam.catalog.models import Version
from dam.core import storage
from dam.media import ffmpeg, runner
from dam.media.recipes import DECODED
from provenance.downloads import known_files, preset_files, presets
from provenance.downloads import worker as downloads
from provenance.manifests import verify
from provenance.releases import known
from provenance.releases.models import Release
from provenance.review import reviews
from provenance.review.models import LedgerEntry
from tests.release_factory import case_of, sign
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def looked_at(master: Path, *, suffix: str = ".mp4") -> Case:
    """A draft of which the step "frames" has run."""
    case = case_of(master, suffix=suffix)
    found = runner.decoded(master, info=runner.probe(master))
    versions.add_fact(case.version.pk, DECODED, asdict(found))
    case.version.refresh_from_db()
    return case


def copy_of(release: Release, out: Path, *how: str) -> Path:
    """As others hand it on: without its metadata and credentials, as it is or encoded anew."""
    with storage.local_copy(release.storage_key) as path:
        command = [ffmpeg.binary(), "-v", "error", "-i", str(path), "-map_metadata", "-1", *how, str(out)]
        subprocess.run(command, check=True)
    return out


def test_the_ledger_and_the_release_name_the_pictures_that_were_approved(generated: Path) -> None:
    case = looked_at(generated)
    case.approve_all()
    release = sign(case.version)
    pictures = runner.known_by(generated)
    records = [json.loads(entry.record) for entry in LedgerEntry.objects.filter(brand=case.brand)]
    assert [record["pictures_sha256"] for record in records] == [pictures, pictures]
    with storage.local_copy(release.storage_key) as path:
        assert runner.known_by(path) == pictures == release.pictures_sha256
        review = verify.check(path).chain[0].review
        raw = verify.check(path).to_json(raw=True)["raw"]
    assert review is not None
    assert pictures in json.dumps(raw)


def test_what_was_not_decoded_is_named_by_nothing(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    assert sign(case.version).pictures_sha256 == ""
    assert "pictures_sha256" not in json.loads(LedgerEntry.objects.filter(brand=case.brand)[0].record)
    assert known.by_pictures("") is None


def test_a_copy_without_its_credentials_is_known_by_its_pictures(generated: Path, tmp_path: Path) -> None:
    case = looked_at(generated)
    case.approve_all()
    copy = copy_of(sign(case.version), tmp_path / "copy.mkv", "-c", "copy")
    assert known_files.by_bytes(storage.sha256_of(copy)) is None
    found = known_files.by_pictures(runner.known_by(copy))
    assert found is not None
    assert (found.brand, found.cleared, found.by_pictures) == (case.brand.name, True, True)
    again = copy_of(Release.objects.get(), tmp_path / "again.mp4", "-crf", "30")
    assert known_files.by_pictures(runner.known_by(again)) is None  # other pictures


def test_of_several_releases_the_one_that_stands_answers_for_their_pictures(generated: Path) -> None:
    case = looked_at(generated)
    case.approve_all()
    pictures = sign(case.version).pictures_sha256
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The song was never cleared.")
    found = known.by_pictures(pictures)
    assert found is not None
    assert found.withdrawn
    case.version.refresh_from_db()
    case.approve_all()
    sign(case.version)
    found = known.by_pictures(pictures)
    assert found is not None
    assert found.cleared


def test_a_release_that_was_converted_is_known_by_pictures_of_its_own(webm: Path, tmp_path: Path) -> None:
    case = looked_at(webm, suffix=".webm")
    case.approve_all()
    release = sign(case.version)
    assert release.pictures_sha256 not in ("", runner.known_by(webm))
    copy = copy_of(release, tmp_path / "copy.mov", "-c", "copy")
    assert runner.known_by(copy) == release.pictures_sha256


def test_a_download_format_is_known_by_its_pictures_too(generated: Path) -> None:
    case = looked_at(generated)
    case.approve_all()
    release = sign(case.version)
    version = Version.objects.get(pk=release.version_id)
    file = preset_files.request(version, presets.of(case.brand).get(shipped="small"), by=case.creator)
    downloads.run(str(file.pk))
    file.refresh_from_db()
    assert file.state == "ready", file.reason
    with storage.local_copy(file.storage_key) as path:
        assert runner.known_by(path) == file.pictures_sha256 != ""
    found = known_files.by_pictures(file.pictures_sha256)
    assert found is not None
    assert found.by_pictures
