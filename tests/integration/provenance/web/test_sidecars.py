"""Files without a place for Content Credentials come with a file that has them, and are found by it."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.core import storage
from provenance.downloads.models import DownloadPreset, PresetFile
from provenance.manifests import public_checks, tasks, verify
from provenance.manifests.validation_codes import State
from provenance.review import reviews
from tests.factories import BrandFactory, member
from tests.integration.provenance.downloads.conftest import _own_signing_folder, generated, plain
from tests.integration.provenance.downloads.test_preset_files import case, webm_of
from tests.review_factory import Case

__all__ = ["_own_signing_folder", "case", "generated", "plain"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]


@pytest.fixture
def webm(case: Case) -> PresetFile:
    return webm_of(case)


@pytest.fixture
def reader(case: Case) -> Client:
    client = Client()
    client.force_login(member(case.brand, Role.VIEWER).user)
    return client


def address(case: Case, webm: PresetFile, name: str = "download-sidecar") -> str:
    return reverse(name, args=[case.brand.slug, webm.pk]) + "?use=web&territory=DE"


def holds(film: bytes, beside: bytes, folder: Path) -> bool:
    (folder / "film.webm").write_bytes(film)
    (folder / "film.webm.c2pa").write_bytes(beside)
    return verify.check(folder / "film.webm", sidecar=folder / "film.webm.c2pa").state is State.TRUSTED


def test_the_page_offers_both_and_they_belong_together(
    case: Case, webm: PresetFile, reader: Client, tmp_path: Path
) -> None:
    listing = (
        reverse("asset-downloads", args=[case.brand.slug, case.version.asset_id]) + "?use=web&territory=DE"
    )
    html = reader.get(listing).content.decode()
    assert f"Download the Content Credentials of {webm.preset}" in html
    film, beside = (reader.get(address(case, webm, name)) for name in ("download-file", "download-sidecar"))
    assert beside.headers["Content-Type"] == "application/c2pa"
    named = film.headers["Content-Disposition"], beside.headers["Content-Disposition"]
    assert named[1] == named[0].replace(".webm", ".webm.c2pa")
    assert holds(b"".join(film), beside.content, tmp_path)


def test_a_zip_has_it_beside_its_file(case: Case, webm: PresetFile, reader: Client, tmp_path: Path) -> None:
    preset = DownloadPreset.objects.get(brand=case.brand, name="WebM")
    fields = {
        "asset": [str(case.version.asset_id)],
        "preset": str(preset.pk),
        "use": "web",
        "territory": "DE",
    }
    answer = reader.post(reverse("download-zip", args=[case.brand.slug]), fields)
    whole = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    [film] = [each for each in whole.namelist() if each.endswith(".webm")]
    assert holds(whole.read(film), whole.read(f"{film}.c2pa"), tmp_path)


def test_it_leaves_no_more_than_its_file_does(case: Case, webm: PresetFile, reader: Client) -> None:
    stranger = Client()
    stranger.force_login(member(BrandFactory.create()).user)
    assert stranger.get(address(case, webm)).status_code == 404
    reviews.revoke(case.version, by=case.legal_reviewer, reason="A mark was shown")
    assert reader.get(address(case, webm)).status_code in (403, 404)


def test_the_verify_page_reads_what_is_kept_for_exactly_this_file(case: Case, webm: PresetFile) -> None:
    with storage.local_copy(webm.storage_key) as path:
        content = path.read_bytes()
    for sent, known in ((content, True), (content[:-9] + bytes([content[-9] ^ 1]) + content[-8:], False)):
        file = SimpleUploadedFile("film.webm", sent)
        submission_id = Client().post(reverse("verify"), {"file": file}).url.rstrip("/").rsplit("/")[-1]  # type: ignore[attr-defined]
        tasks.verify_file(submission_id)
        html = Client().get(reverse("verify-result", args=[submission_id])).content.decode()
        assert ("They are kept here for exactly this file" in html) is known
        assert ("Approved for release by" in html) is known
        check = public_checks.kept(submission_id)
        assert check is not None
        assert check.report is not None
        assert check.report["state"] == ("trusted" if known else "none")
