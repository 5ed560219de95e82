from pathlib import Path

import pytest

from dam.accounts.models import Brand, User
from dam.media import runner
from dam.media.probe import MediaInfo
from tests import media_factory
from tests.factories import BrandFactory, member


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory.create()


@pytest.fixture
def creator(brand: Brand) -> User:
    return member(brand).user


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small, good MP4."""
    return media_factory.clip(tmp_path_factory.mktemp("clips") / "clip.mp4")


@pytest.fixture(scope="session")
def info(clip: Path) -> MediaInfo:
    return runner.probe(clip)
