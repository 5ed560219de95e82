"""Signing and verifying."""

from pathlib import Path

from provenance.manifests import signing, verify
from tests import claim_factory, media_factory
from tests.benchmarks.conftest import Measure


def test_sign_and_verify(measure: Measure, tmp_path: Path) -> None:
    master = media_factory.clip(tmp_path / "master.mp4", frames=240, width=1280, height=720)
    signed = tmp_path / "signed.mp4"
    facts = claim_factory.generated()
    measure("sign a clip, and read it back", lambda: signing.sign_generated(master, out=signed, facts=facts))
    measure("verify it in the sandbox", lambda: verify.check(signed))
