"""Whatever way a released clip leaves by, what arrives is signed, trusted here, and clean by the rubric.

Copies for outside reviewers: tests/integration/provenance/guests/test_copies.py. Each kind of download
format: test_preset_files.py.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from provenance.manifests import verify
from provenance.manifests.validation_codes import State
from tests import rubric
from tests.factories import member
from tests.integration.provenance.downloads.test_preset_files import case, made, preset_of
from tests.review_factory import Case

__all__ = ["case"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]


def ways_out(case: Case, client: Client) -> Iterator[tuple[str, bytes]]:
    slug, version, square = case.brand.slug, case.version, made(case)
    said = {"use": "other", "territory": "DE"}
    query = "?" + urlencode(said)
    addresses = {
        "release": reverse("release-file", args=[slug, version.pk]) + query,
        "release for a use": reverse("release-file", args=[slug, version.pk]) + "?use=web&territory=DE",
        "download format": reverse("download-file", args=[slug, square.pk]) + query,
        "master": reverse("file", args=[slug, version.pk, "master"]),
    }
    for name, address in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200, name
        yield name, b"".join(answer)
    formats = {"ZIP of releases": {}, "ZIP in a format": {"preset": str(preset_of(case).pk)}}
    for name, fields in formats.items():
        answer = client.post(
            reverse("download-zip", args=[slug]),
            {"asset": [str(version.asset_id)], **said, **fields},
        )
        whole = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
        films = [each for each in whole.namelist() if each.endswith(".mp4")]
        assert len(films) == 1, name
        yield name, whole.read(films[0])


def test_what_arrives_is_signed_and_trusted(case: Case, tmp_path: Path) -> None:
    client = Client()
    client.force_login(member(case.brand, Role.LEGAL_REVIEWER).user)
    seen = []
    for name, content in ways_out(case, client):
        path = tmp_path / "arrived.mp4"
        path.write_bytes(content)
        report = verify.check(path)
        assert (report.state, rubric.broken(path)) == (State.TRUSTED, []), name
        assert (report.review is not None) is (name != "master"), name
        seen.append(name)
    assert len(seen) == 6
