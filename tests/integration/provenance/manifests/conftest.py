"""Small real films, signed with a development CA of the tests' own."""

from pathlib import Path

import pytest

from provenance.manifests import signing
from tests import claim_factory
from tests.media_factory import clip, movie


@pytest.fixture(autouse=True)
def _own_signing_folder(settings: object, tmp_path: Path) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("plain") / "plain.mp4")


@pytest.fixture(scope="session")
def quicktime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return movie(tmp_path_factory.mktemp("mov") / "plain.mov")


@pytest.fixture(scope="session")
def webm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return movie(tmp_path_factory.mktemp("webm") / "plain.webm", codec="libvpx")


@pytest.fixture
def generated(plain: Path, tmp_path: Path) -> Path:
    """A clip signed as made by a model."""
    out = tmp_path / "generated.mp4"
    signing.sign_generated(plain, out=out, facts=claim_factory.generated())
    return out
