"""What the validation codes of C2PA mean: how bad each is, in plain words. Pure.

Source: spec.c2pa.org, Technical Specification 2.4, "Validation status codes".
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The verdict on a file; the values are among those of catalog.Credentials."""

    TRUSTED = "trusted"
    VALID = "valid"
    INVALID = "invalid"
    ALTERED = "altered"
    UNREADABLE = "unreadable"
    NONE = "none"


_BADNESS = {State.TRUSTED: 0, State.VALID: 1, State.INVALID: 2, State.ALTERED: 3}


def badness(state: State) -> int:
    """Orders the four verdicts on a file that could be read; 0 is the best."""
    return _BADNESS[state]


def worst(states: list[State]) -> State:
    return max(states, key=badness)


@dataclass(frozen=True)
class CodeMeaning:
    state: State
    words: str


_UNKNOWN_SIGNER = "The signer's certificate leads to no list that is trusted here."
_TABLE = {
    # The signer
    "signingCredential.untrusted": CodeMeaning(State.VALID, _UNKNOWN_SIGNER),
    "signingCredential.expired": CodeMeaning(
        State.INVALID, "The signer's certificate has expired, and no time-stamp proves that it signed before."
    ),
    "signingCredential.invalid": CodeMeaning(
        State.INVALID, "The signer's certificate may not be used for signing content."
    ),
    "signingCredential.revoked": CodeMeaning(State.INVALID, "The signer's certificate was withdrawn."),
    "signingCredential.ocsp.revoked": CodeMeaning(State.INVALID, "The signer's certificate was withdrawn."),
    "cawg.x509.credential.untrusted": CodeMeaning(
        State.VALID, "An identity named in it was vouched for by somebody who is on no trusted list."
    ),
    "timeStamp.untrusted": CodeMeaning(
        State.VALID, "Its time-stamp comes from an authority that is on no trusted list."
    ),
    "timeStamp.mismatch": CodeMeaning(State.INVALID, "Its time-stamp belongs to another signature."),
    "timeStamp.outsideValidity": CodeMeaning(
        State.INVALID, "Its time-stamp was made when the certificate was not valid."
    ),
    # The content and the claim
    "assertion.bmffHash.mismatch": CodeMeaning(State.ALTERED, "The video was changed after it was signed."),
    "assertion.dataHash.mismatch": CodeMeaning(State.ALTERED, "The content was changed after it was signed."),
    "assertion.boxesHash.mismatch": CodeMeaning(
        State.ALTERED, "The content was changed after it was signed."
    ),
    "assertion.collectionHash.mismatch": CodeMeaning(
        State.ALTERED, "A file of the set was changed after signing."
    ),
    "assertion.hashedURI.mismatch": CodeMeaning(State.ALTERED, "A statement in its credentials was changed."),
    "assertion.missing": CodeMeaning(State.ALTERED, "A statement that was signed is missing."),
    "assertion.inaccessible": CodeMeaning(State.ALTERED, "A statement that was signed cannot be found."),
    "assertion.undeclared": CodeMeaning(State.ALTERED, "A statement was added that nobody signed."),
    "claimSignature.mismatch": CodeMeaning(
        State.ALTERED, "The signature does not fit what it should have signed."
    ),
    "claimSignature.missing": CodeMeaning(State.ALTERED, "The signature is missing."),
    "claim.missing": CodeMeaning(State.ALTERED, "The signed claim is missing."),
    "ingredient.manifest.mismatch": CodeMeaning(
        State.ALTERED, "The credentials of something it was made from were changed."
    ),
    "ingredient.manifest.missing": CodeMeaning(
        State.ALTERED, "The credentials of something it was made from are missing."
    ),
    "ingredient.claimSignature.mismatch": CodeMeaning(
        State.ALTERED, "The signature of something it was made from was changed."
    ),
    "ingredient.claimSignature.missing": CodeMeaning(
        State.ALTERED, "The signature of something it was made from is missing."
    ),
    # Claims that contradict themselves
    "assertion.action.malformed": CodeMeaning(State.INVALID, "Its list of actions is not well-formed."),
    "assertion.action.ingredientMismatch": CodeMeaning(
        State.INVALID, "An action speaks of something that it does not name correctly."
    ),
    "assertion.notRedacted": CodeMeaning(State.INVALID, "A statement was to be removed and is still there."),
    "claim.hardBindings.missing": CodeMeaning(State.INVALID, "Its credentials are not bound to any content."),
    "manifest.multipleParents": CodeMeaning(State.INVALID, "It names more than one file that it comes from."),
}


def meaning(code: str) -> CodeMeaning | None:
    """What a failure code says; None for one that reports no failure.

    A code that the table does not hold counts as altered when it reports a mismatch, else as invalid:
    never as harmless.
    """
    if code in _TABLE:
        return _TABLE[code]
    if code.endswith((".match", ".validated", ".trusted", ".insideValidity", ".skipped", ".notRevoked")):
        return None
    if code.endswith(".mismatch"):
        return CodeMeaning(State.ALTERED, "Something was changed after it was signed.")
    return CodeMeaning(State.INVALID, "Its credentials do not follow the rules of C2PA.")


def is_failure(code: str) -> bool:
    """Whether the code reports a failure for certain, wherever it is written."""
    return code in _TABLE or code.endswith(".mismatch")
