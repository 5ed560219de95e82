"""A released clip, and its pack."""

from pathlib import Path

import pytest

from tests.integration.provenance.manifests.conftest import _own_signing_folder, generated, plain
from tests.release_factory import case_of, sign
from tests.review_factory import Case

__all__ = ["_own_signing_folder", "generated", "plain"]


@pytest.fixture
def released(generated: Path) -> Case:
    """A generated clip that was approved at two stages and released."""
    case = case_of(generated)
    case.approve_all()
    sign(case.version)
    return case
