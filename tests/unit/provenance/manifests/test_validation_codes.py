"""How bad a validation code is."""

import pytest

from provenance.manifests import validation_codes
from provenance.manifests.validation_codes import State


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("signingCredential.untrusted", State.VALID),
        ("signingCredential.expired", State.INVALID),
        ("signingCredential.ocsp.revoked", State.INVALID),
        ("assertion.bmffHash.mismatch", State.ALTERED),
        ("assertion.hashedURI.mismatch", State.ALTERED),
        ("claimSignature.mismatch", State.ALTERED),
        ("ingredient.manifest.mismatch", State.ALTERED),
        ("assertion.action.malformed", State.INVALID),
        ("something.new.mismatch", State.ALTERED),
        ("something.never.heard.of", State.INVALID),
        ("", State.INVALID),
    ],
)
def test_a_failure_has_a_verdict(code: str, state: State) -> None:
    meaning = validation_codes.meaning(code)
    assert meaning is not None
    assert meaning.state is state


@pytest.mark.parametrize(
    "code", ["claimSignature.validated", "signingCredential.trusted", "assertion.bmffHash.match"]
)
def test_a_success_is_no_failure(code: str) -> None:
    assert validation_codes.meaning(code) is None


def test_the_worst_verdict_wins() -> None:
    assert validation_codes.worst([State.VALID, State.ALTERED, State.INVALID, State.TRUSTED]) is State.ALTERED
