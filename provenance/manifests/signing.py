"""Signing a file so that it either stands there signed and verified, or not at all."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from dam.core import errors, sandbox
from dam.media import boxes, sniffer
from dam.media.sniffer import CredentialSupport
from provenance.manifests import c2pa_io, claims, signers, signing_process, trust_anchors, verify
from provenance.manifests.c2pa_io import Ingredient
from provenance.manifests.claims import Definition, GeneratedFacts, ReleaseFacts
from provenance.manifests.development_ca import Purpose
from provenance.manifests.report import Report
from provenance.manifests.signers import KeyFiles, KeySigner
from provenance.manifests.validation_codes import State

UNKNOWN = "application/octet-stream"


class NotAsSigned(errors.Refused):
    """What was just signed does not hold when read back; nothing was kept. `report` says why."""

    code = "not_as_signed"

    def __init__(self, report: Report) -> None:
        super().__init__(f"The signed file failed verification: {' '.join(report.reasons)}")
        self.report = report


class CannotCarry(errors.Refused):
    """The file is of a kind that has no place for a manifest: make an MP4 of it first."""

    code = "cannot_carry"


def sign_generated(path: Path, *, out: Path, facts: GeneratedFacts) -> Report:
    """Sign a freshly encoded clip as made by a model, into `out`, with the generator's certificate.

    Raises CannotCarry, c2pa_io.SigningFailed, NotAsSigned, and what signers.signer raises; `out` is
    then untouched.
    """
    definition = claims.generated(facts)
    inputs = [_input(given) for given in definition.inputs]
    return _sign(path, out=out, definition=definition, ingredients=inputs, purpose=Purpose.GENERATOR)


def sign_release(master: Path, *, out: Path, facts: ReleaseFacts, encoded: Path | None = None) -> Report:
    """Sign a master that was approved, into `out`, with the reviewer's certificate.

    The master becomes the parent, with its own manifests if it has any. `encoded` is the MP4 made
    from a master that is not `signable` as it is (facts.transcoded then says so). Raises what
    `sign_generated` does, and signers.SignerUnfit for a signer whom nobody here would believe.
    """
    definition = claims.release(facts)
    about = {"title": "Master", "relationship": "parentOf", "label": claims.MASTER}
    # As a file of no known kind the library takes also a parent whose boxes it cannot follow.
    unsound = encoded is not None and can_carry(master)
    kind = None if unsound else content_type(master)
    parent = Ingredient(about=about, content_type=kind or UNKNOWN, source=master)
    return _sign(
        encoded or master, out=out, definition=definition, ingredients=[parent], purpose=Purpose.REVIEWER
    )


def can_carry(path: Path) -> bool:
    """Whether files of this kind have a place for a manifest of ours: MP4 and QuickTime have."""
    kind = sniffer.read(path)
    return kind is not None and kind.credentials is CredentialSupport.SIGNED


def signable(path: Path) -> str | None:
    """Why a manifest can't be embedded in this file as it is, for people; None when it can. Cheap: it
    reads lengths alone. Then an MP4 is made of it for the release, and that can be signed.
    """
    if not can_carry(path):
        kind = sniffer.read(path)
        label = f"{kind.label} files have" if kind else "This kind of file has"
        return f"{label} no place for Content Credentials."
    fault = boxes.fault(path)
    return fault and f"The file is damaged and can't be signed. {fault} Export it again."


def signer(purpose: Purpose) -> KeySigner:
    files = {
        Purpose.GENERATOR: KeyFiles(settings.SIGNING_GENERATOR_CHAIN, settings.SIGNING_GENERATOR_KEY),
        Purpose.REVIEWER: KeyFiles(settings.SIGNING_REVIEWER_CHAIN, settings.SIGNING_REVIEWER_KEY),
    }
    return signers.signer(
        purpose,
        files=files[purpose],
        development_folder=trust_anchors.development_folder(),
        at=datetime.now(UTC),
    )


def require_trusted(who: KeySigner, report: Report) -> None:
    """Raise SignerUnfit unless what this signer just signed is trusted here, for who else would trust it?"""
    if report.active is None or not report.active.trusted:
        raise signers.SignerUnfit(
            f"The certificate of {who.name} leads to none that is trusted here. Its chain must hold every "
            "authority below the root, each after the one that it signed, and all must be valid."
        )


def _sign(
    source: Path, *, out: Path, definition: Definition, ingredients: Sequence[Ingredient], purpose: Purpose
) -> Report:
    kind = _require_place(source)
    who = signer(purpose)
    # What our own encoder wrote a moment ago needs no sandbox.
    sign = c2pa_io.sign if purpose is Purpose.GENERATOR else signing_process.sign
    with tempfile.TemporaryDirectory(prefix=".signing-", dir=out.resolve().parent) as folder:
        made, unproven = Path(folder, "sandbox", "signed"), Path(folder, f"unproven{out.suffix}")
        made.parent.mkdir()
        sign(
            definition.manifest,
            source=source,
            out=made,
            content_type=kind,
            edits=definition.parent is not None,
            ingredients=ingredients,
            algorithm=who.algorithm,
            chain_pem=who.chain_pem,
            sign_bytes=who.sign,
            anchors=trust_anchors.house(),
        )
        try:
            sandbox.take(made, unproven)
        except sandbox.NotMade as problem:
            raise c2pa_io.SigningFailed("Signing ended without a file.") from problem
        report = verify.check(unproven)
        if report.state not in (State.TRUSTED, State.VALID):
            raise NotAsSigned(report)
        if purpose is Purpose.REVIEWER:
            require_trusted(who, report)
        unproven.replace(out)
    return report


def _input(given: claims.Input) -> Ingredient:
    about = {
        "title": given.title,
        "relationship": "inputTo",
        "label": given.label,
        "data_types": [{"type": given.data_type}],
    }
    return Ingredient(about=about, content_type=given.content_type, source=given.data)


def content_type(path: Path) -> str | None:
    kind = sniffer.read(path)
    return kind.content_type if kind else None


def _require_place(path: Path) -> str:
    """The content type of a file that can carry a manifest."""
    kind = sniffer.read(path)
    if kind is None or kind.credentials is not CredentialSupport.SIGNED:
        label = kind.label if kind else "a different kind of file"
        raise CannotCarry(f"A manifest can be embedded in MP4 and QuickTime files; this is {label}.")
    return kind.content_type
