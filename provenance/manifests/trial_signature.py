"""Can the configured signer sign content? Found out on one pixel, before people wait for a real file."""

import base64
import logging
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from provenance.manifests import c2pa_io, claims, report, signers, signing, trust_anchors
from provenance.manifests.c2pa_io import Anchor
from provenance.manifests.development_ca import Purpose
from provenance.manifests.signers import KeySigner
from provenance.manifests.signing_command import KeyServiceAway
from provenance.manifests.validation_codes import State

log = logging.getLogger(__name__)

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
PNG = "image/png"

# The signer and anchors that were last found to do, which change with the operator's files alone. What did
# not is tried again each time: the fault may have been a full disk.
_proven: set[tuple[str, str, tuple[Anchor, ...]]] = set()
AWAY_SECONDS = 60.0  # that a key service isn't asked again: people wait for its answer
_away_until: dict[tuple[str, str, tuple[Anchor, ...]], float] = {}


def prove(purpose: Purpose) -> None:
    """Sign the pixel and read it back, until that has gone well once in this process for this certificate.

    A key service that is away says nothing against the certificate: what is to be signed waits for it.
    Raises what signing.signer raises, trust_anchors.AnchorUnreadable, and signers.SignerUnfit for a
    certificate that the C2PA library does not sign with, or whose signature does not hold or isn't trusted.
    """
    signer, anchors = signing.signer(purpose), trust_anchors.house()
    key = (signer.algorithm, signer.chain_pem, anchors)
    if key in _proven or time.monotonic() < _away_until.get(key, 0.0):
        return
    try:
        why = fault(signer, anchors)
    except KeyServiceAway as gone:
        log.warning("The certificate of %s can't be tried now: %s", signer.name, gone)
        _away_until[key] = time.monotonic() + AWAY_SECONDS
        return
    if why:
        raise signers.SignerUnfit(f"The certificate of {signer.name} can't sign content. {why}")
    _proven.clear()
    _proven.add(key)


def fault(signer: KeySigner, anchors: tuple[Anchor, ...]) -> str:
    """Why a signature of this signer does not hold; empty when it does.

    Raises signers.SignerUnfit and KeyServiceAway.
    """
    away: list[KeyServiceAway] = []

    def sign(data: bytes) -> bytes:
        try:
            return signer.sign(data)
        except KeyServiceAway as gone:
            away.append(gone)  # the library knows failures alone
            raise

    with tempfile.TemporaryDirectory(prefix="reelproof-trial-") as folder:
        source, out = Path(folder, "pixel.png"), Path(folder, "signed.png")
        source.write_bytes(PIXEL)
        try:
            c2pa_io.sign(
                claims.trial().manifest,
                source=source,
                out=out,
                content_type=PNG,
                edits=False,
                ingredients=[],
                algorithm=signer.algorithm,
                chain_pem=signer.chain_pem,
                sign_bytes=sign,
                anchors=anchors,
            )
        except c2pa_io.SigningFailed as problem:
            if away:
                raise away[0] from None
            return str(problem)
        reading = c2pa_io.read(out, content_type=PNG, settings=c2pa_io.settings_for(anchors))
    found = report.of(asdict(reading), anchors={})
    if found.state is State.VALID:
        signing.require_trusted(signer, found)
    return "" if found.state in (State.TRUSTED, State.VALID) else " ".join(map(report.said, found.reasons))
