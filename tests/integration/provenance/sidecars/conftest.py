"""Small real films, signed with a development CA of the tests' own."""

from tests.integration.provenance.manifests.conftest import (
    _own_signing_folder,
    generated,
    plain,
    quicktime,
    webm,
)

__all__ = ["_own_signing_folder", "generated", "plain", "quicktime", "webm"]
