"""What the validation codes of C2PA mean: how bad each is, in plain words. Pure.

Source: spec.c2pa.org, Technical Specification 2.4, "Validation status codes".
"""

from dataclasses import dataclass
from enum import StrEnum

from dam.core.language import noop


class State(StrEnum):
    """The verdict on a file; the values are among those of catalog.Credentials."""

    TRUSTED = "trusted"
    VALID = "valid"
    INVALID = "invalid"
    ALTERED = "altered"
    UNREADABLE = "unreadable"
    NONE = "none"


BADNESS = {State.TRUSTED: 0, State.VALID: 1, State.INVALID: 2, State.ALTERED: 3}


def badness(state: State) -> int:
    """Orders the four verdicts on a file that could be read; 0 is the best."""
    return BADNESS[state]


def worst(states: list[State]) -> State:
    return max(states, key=badness)


@dataclass(frozen=True)
class CodeMeaning:
    state: State
    words: str  # in English


_UNKNOWN_SIGNER = noop("The signer's certificate isn't on a trust list used here.")
TABLE = {
    # The signer
    "signingCredential.untrusted": CodeMeaning(State.VALID, _UNKNOWN_SIGNER),
    "signingCredential.expired": CodeMeaning(
        State.INVALID,
        noop(
            "The signer's certificate has expired or isn't valid yet, and no timestamp proves that "
            "it was valid "
            "at signing."
        ),
    ),
    "signingCredential.invalid": CodeMeaning(
        State.INVALID, noop("The signer's certificate isn't valid for signing content.")
    ),
    "signingCredential.revoked": CodeMeaning(State.INVALID, noop("The signer's certificate was revoked.")),
    "signingCredential.ocsp.revoked": CodeMeaning(
        State.INVALID, noop("The signer's certificate was revoked.")
    ),
    "cawg.x509.credential.untrusted": CodeMeaning(
        State.VALID, noop("The identity it names was confirmed by an issuer that isn't on a trust list.")
    ),
    "timeStamp.untrusted": CodeMeaning(
        State.VALID, noop("Its timestamp comes from an authority that isn't on a trust list.")
    ),
    "timeStamp.mismatch": CodeMeaning(State.INVALID, noop("Its timestamp belongs to another signature.")),
    "timeStamp.outsideValidity": CodeMeaning(
        State.INVALID, noop("Its timestamp is outside the certificate's validity.")
    ),
    # The content and the claim
    "assertion.bmffHash.mismatch": CodeMeaning(
        State.ALTERED, noop("The video was changed after it was signed.")
    ),
    "assertion.dataHash.mismatch": CodeMeaning(
        State.ALTERED, noop("The content was changed after it was signed.")
    ),
    "assertion.boxesHash.mismatch": CodeMeaning(
        State.ALTERED, noop("The content was changed after it was signed.")
    ),
    "assertion.collectionHash.mismatch": CodeMeaning(
        State.ALTERED, noop("A file in the collection was changed after it was signed.")
    ),
    "assertion.hashedURI.mismatch": CodeMeaning(
        State.ALTERED, noop("A statement in its Content Credentials was changed.")
    ),
    "assertion.missing": CodeMeaning(State.ALTERED, noop("A signed statement is missing.")),
    "assertion.inaccessible": CodeMeaning(State.ALTERED, noop("A signed statement can't be found.")),
    "assertion.undeclared": CodeMeaning(State.ALTERED, noop("An unsigned statement was added.")),
    "claimSignature.mismatch": CodeMeaning(
        State.ALTERED, noop("The signature doesn't match the signed content.")
    ),
    "claimSignature.missing": CodeMeaning(State.ALTERED, noop("The signature is missing.")),
    "claim.missing": CodeMeaning(State.ALTERED, noop("The signed claim is missing.")),
    "ingredient.manifest.mismatch": CodeMeaning(
        State.ALTERED, noop("The Content Credentials of an ingredient were changed.")
    ),
    "ingredient.manifest.missing": CodeMeaning(
        State.ALTERED, noop("The Content Credentials of an ingredient are missing.")
    ),
    "ingredient.claimSignature.mismatch": CodeMeaning(
        State.ALTERED, noop("The signature of an ingredient was changed.")
    ),
    "ingredient.claimSignature.missing": CodeMeaning(
        State.ALTERED, noop("The signature of an ingredient is missing.")
    ),
    # Claims that contradict themselves
    "assertion.action.malformed": CodeMeaning(State.INVALID, noop("Its list of actions is malformed.")),
    "assertion.action.ingredientMismatch": CodeMeaning(
        State.INVALID, noop("An action refers to an ingredient that doesn't match.")
    ),
    "assertion.notRedacted": CodeMeaning(
        State.INVALID, noop("A statement marked as removed is still there.")
    ),
    "claim.hardBindings.missing": CodeMeaning(
        State.INVALID, noop("Its Content Credentials aren't bound to any content.")
    ),
    "manifest.multipleParents": CodeMeaning(State.INVALID, noop("It names more than one parent file.")),
}

# Of codes that the table doesn't hold: what ends like these reports no failure, what ends like that a change.
HARMLESS = (".match", ".validated", ".trusted", ".insideValidity", ".skipped", ".notRevoked")
MISMATCHES = ".mismatch"
MISMATCH = CodeMeaning(State.ALTERED, noop("Something was changed after it was signed."))
OTHER = CodeMeaning(State.INVALID, noop("Its Content Credentials don't follow the C2PA standard."))


def meaning(code: str) -> CodeMeaning | None:
    """What a failure code says; None for one that reports no failure.

    A code that the table does not hold counts as altered when it reports a mismatch, else as invalid:
    never as harmless.
    """
    if code in TABLE:
        return TABLE[code]
    if code.endswith(HARMLESS):
        return None
    return MISMATCH if code.endswith(MISMATCHES) else OTHER


def is_failure(code: str) -> bool:
    """Whether the code reports a failure for certain, wherever it is written."""
    return code in TABLE or code.endswith(MISMATCHES)
