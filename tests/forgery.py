"""Files that a stranger signed with a certificate authority of his own, under any name he likes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from django.test import override_settings

from provenance.manifests import development_ca, signing
from provenance.manifests.claims import ReleaseFacts
from provenance.manifests.development_ca import Purpose
from provenance.manifests.trust import DEVELOPMENT_ORGANISATION
from tests import claim_factory


@contextmanager
def authority(folder: Path, *, organisation: str, name: str) -> Iterator[None]:
    """What is signed meanwhile is signed by this name; afterwards nobody here trusts it."""
    names = dict.fromkeys(Purpose, name)
    with (
        override_settings(SIGNING_DIR=folder),
        mock.patch.object(development_ca, "DEVELOPMENT_ORGANISATION", organisation),
        mock.patch.object(development_ca, "COMMON_NAMES", names),
    ):
        yield


def generated(
    clip: Path, *, out: Path, organisation: str = "OpenAI", name: str = "OpenAI Media Service"
) -> Path:
    """A clip that claims to have been made by somebody known."""
    with authority(out.with_suffix(".ca"), organisation=organisation, name=name):
        signing.sign_generated(clip, out=out, facts=claim_factory.generated())
    return out


def release(
    master: Path,
    *,
    out: Path,
    organisation: str = DEVELOPMENT_ORGANISATION,
    name: str = "Reelproof reviewer (development)",
    facts: ReleaseFacts | None = None,
) -> Path:
    """A file with a review that never was, by a certificate authority named like this installation's own."""
    with authority(out.with_suffix(".ca"), organisation=organisation, name=name):
        signing.sign_release(master, out=out, facts=facts or claim_factory.release())
    return out
