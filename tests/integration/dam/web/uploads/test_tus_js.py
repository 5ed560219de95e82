"""tus-js-client on the command line with an API token, against the real web process; skipped without Node."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dam.access import tokens
from dam.accounts.capabilities import Capability
from dam.accounts.models import ApiToken
from dam.accounts.principals import Member
from dam.catalog.models import Version
from dam.core import storage
from dam.ingest import importer
from dam.ingest.models import Upload
from tests import cutting, media_factory, web_process
from tests.factories import BrandFactory, member
from tests.integration.dam.web.uploads.wire import HEAD, digest, staged_digest
from tests.web_process import WebProcess

NODE = shutil.which("node")
SCRIPT = Path(__file__).with_name("send_file.cjs")
MEGABYTE = 1024 * 1024


def can_open_blobs() -> bool:
    """fs.openAsBlob came with Node 19.8."""
    if NODE is None:
        return False
    asked = [NODE, "-e", "process.exit(require('node:fs').openAsBlob ? 0 : 1)"]
    return subprocess.run(asked, check=False, timeout=30).returncode == 0


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not can_open_blobs(), reason="needs Node 19.8 or newer to run the vendored client"),
]


@pytest.fixture
def web(settings: Any, tmp_path: Path, transactional_db: None) -> Iterator[WebProcess]:
    settings.STORAGE = str(tmp_path / "storage")
    with web_process.running("uploads-tus-js", {"STORAGE": settings.STORAGE}, pages=False) as running:
        yield running


@pytest.fixture
def person(transactional_db: None) -> Member:
    return member(BrandFactory.create(slug="acme"))


@pytest.fixture
def secret(person: Member) -> str:
    return tokens.create(by=person, name="nightly", capabilities=[Capability.UPLOAD])[1]


def send(site: str, secret: str, path: Path, *piece: str) -> subprocess.CompletedProcess[str]:
    assert NODE is not None
    asked = [NODE, str(SCRIPT), f"{site}/b/acme/uploads/new/", secret, str(path), *piece]
    return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=120)


def test_a_clip_is_uploaded_with_its_name(web: WebProcess, secret: str, tmp_path: Path) -> None:
    clip = media_factory.clip(tmp_path / "Grüße 🍋.mp4", frames=24)
    sent = send(web.address, secret, clip)
    assert sent.returncode == 0, sent.stderr
    importer.take_upload(Upload.objects.get().pk)
    version = Version.objects.get()
    assert version.filename == "Grüße 🍋.mp4"
    with storage.open_file(version.storage_key) as stored:
        assert stored.read() == clip.read_bytes()


@pytest.mark.parametrize("piece", [(), (str(3_000_000),)], ids=["in one request", "in pieces"])
def test_connections_that_are_cut_anywhere_end_in_the_same_file(
    web: WebProcess, secret: str, tmp_path: Path, piece: tuple[str, ...]
) -> None:
    large = tmp_path / "large.webm"
    large.write_bytes(HEAD + random.Random(3).randbytes(19 * MEGABYTE + 321))
    with cutting.road(web.address, cuts=6, most=5 * MEGABYTE, chance=random.Random(5)) as road:
        sent = send(road.url, secret, large, *piece)
        assert sent.returncode == 0, sent.stderr
        assert road.cuts == 0
    assert Upload.objects.count() == 1
    assert staged_digest(sent.stdout.strip()) == digest(large.read_bytes())


def test_a_revoked_token_is_told(web: WebProcess, secret: str, tmp_path: Path, person: Member) -> None:
    tokens.revoke(ApiToken.objects.get(), by=person)
    clip = media_factory.clip(tmp_path / "clip.mp4", frames=2)
    sent = send(web.address, secret, clip)
    assert (sent.returncode, Upload.objects.count()) == (1, 0)
    assert "401" in sent.stderr
