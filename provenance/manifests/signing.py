"""Signing a file so that it either stands there signed and verified, or not at all."""

import hashlib
import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cryptography import x509
from django.conf import settings

from dam.core import errors, sandbox
from dam.media import boxes, drawings, sniffer
from dam.media.sniffer import CredentialSupport
from provenance.manifests import (
    c2pa_io,
    claims,
    cose,
    revocations,
    signers,
    signing_process,
    time_stamp_assertion,
    timestamps,
    trust_anchors,
    verify,
)
from provenance.manifests.c2pa_io import Ingredient
from provenance.manifests.claims import (
    CaptionFacts,
    CutFacts,
    Definition,
    GeneratedFacts,
    PresetFacts,
    ReleaseFacts,
    SourceFacts,
)
from provenance.manifests.development_ca import Purpose
from provenance.manifests.report import Report
from provenance.manifests.signers import KeyFiles, KeySigner
from provenance.manifests.signing_command import KeyServiceAway
from provenance.manifests.validation_codes import State

log = logging.getLogger(__name__)

UNKNOWN = "application/octet-stream"
# Pictures that we encode ourselves: they hold a manifest as well as films do.
PICTURES = (sniffer.GIF, sniffer.WEBP, sniffer.AVIF, sniffer.JPEG, sniffer.PNG)


class NotAsSigned(errors.Refused):
    """What was just signed does not hold when read back; nothing was kept. `report` says why."""

    code = "not_as_signed"

    def __init__(self, report: Report) -> None:
        super().__init__(f"The signed file failed verification: {' '.join(report.reasons)}")
        self.report = report


class CannotCarry(errors.Refused):
    """The file is of a kind that has no place for a manifest: make an MP4 of it first."""

    code = "cannot_carry"


def sign_generated(path: Path, *, out: Path, facts: GeneratedFacts, sources: Sequence[Path] = ()) -> Report:
    """Sign a freshly encoded clip as made by a model, into `out`, with the generator's certificate.

    `sources` are the files of `facts.sources`, in their order; each becomes an ingredient, with its own
    manifests if it has any. Raises CannotCarry, c2pa_io.SigningFailed, NotAsSigned, and what signers.signer
    raises; `out` is then untouched.
    """
    definition = claims.generated(facts)
    given = [_input(each) for each in definition.inputs]
    given += [_source(each, file) for each, file in zip(definition.sources, sources, strict=True)]
    return _sign(path, out=out, definition=definition, ingredients=given, purpose=Purpose.GENERATOR)


def sign_cut(path: Path, *, out: Path, facts: CutFacts, sources: Sequence[Path]) -> Report:
    """Sign a freshly encoded cut, into `out`, with the generator's certificate: nobody approved it.

    `sources` are as in `sign_generated`, which says what is raised.
    """
    definition = claims.cut(facts)
    given = [_source(each, file) for each, file in zip(definition.sources, sources, strict=True)]
    return _sign(path, out=out, definition=definition, ingredients=given, purpose=Purpose.GENERATOR)


def sign_release(
    master: Path,
    *,
    out: Path,
    facts: ReleaseFacts,
    encoded: Path | None = None,
    described: Path | None = None,
) -> Report:
    """Sign a master that was approved, into `out`, with the reviewer's certificate.

    The master becomes the parent, with its own manifests if it has any. `encoded` is the MP4 made
    from a master that is not `signable` as it is (facts.transcoded then says so), `described` the copy of
    either with metadata (facts.described). Raises what `sign_generated` does, and signers.SignerUnfit for a
    signer whom nobody here would believe.
    """
    definition = claims.release(facts)
    about = {"title": "Master", "relationship": "parentOf", "label": claims.MASTER}
    # As a file of no known kind the library takes also a parent whose boxes it cannot follow.
    unsound = encoded is not None and can_carry(master)
    kind = None if unsound else content_type(master)
    parent = Ingredient(about=about, content_type=kind or UNKNOWN, source=master)
    source = described or encoded or master
    return _sign(source, out=out, definition=definition, ingredients=[parent], purpose=Purpose.REVIEWER)


def sign_preset(
    encoded: Path, *, parent: Path, out: Path, facts: PresetFacts, beside: bool = False
) -> Report:
    """Sign what was made of a release for a download, into `out`, with the reviewer's certificate.

    The release is the parent, with its manifests. `beside`: `out` is a sidecar, and the file stays as it is.
    Raises what `sign_release` does.
    """
    about = {"title": "Release", "relationship": "parentOf", "label": claims.RELEASE}
    kind = content_type(parent) or UNKNOWN
    ingredients = [Ingredient(about=about, content_type=kind, source=parent)]
    return _sign(
        encoded,
        out=out,
        definition=claims.preset(facts),
        ingredients=ingredients,
        purpose=Purpose.REVIEWER,
        pictures=True,
        beside=beside,
    )


def sign_captions(words: Path, *, release: Path, out: Path, facts: CaptionFacts) -> Report:
    """Sign a file of captions into a sidecar `out`, with the generator's certificate: nobody approved them.

    The release is what they were written for, with its manifests. Raises what `sign_generated` does.
    """
    definition = claims.captions(facts)
    film = {"title": "Release", "relationship": "inputTo", "label": claims.RELEASE}
    given = [Ingredient(about=film, content_type=content_type(release) or UNKNOWN, source=release)]
    if definition.parent is not None:
        about = {
            "title": "Captions as they were sent",
            "relationship": "parentOf",
            "label": definition.parent,
        }
        given.append(Ingredient(about=about, content_type=UNKNOWN, source=words))
    return _sign(
        words, out=out, definition=definition, ingredients=given, purpose=Purpose.GENERATOR, beside=True
    )


def sign_review_copy(
    marked: Path, *, master: Path, out: Path, title: str, changes: Sequence[str], at: datetime
) -> Report:
    """Sign a copy for one viewer, into `out`, with the generator's certificate.

    Nobody approved it. The master is the parent, with its manifests. Raises what `sign_generated` does.
    """
    about = {"title": "Master", "relationship": "parentOf", "label": claims.MASTER}
    parent = Ingredient(about=about, content_type=content_type(master) or UNKNOWN, source=master)
    definition = claims.review_copy(title=title, changes=changes, at=at)
    return _sign(marked, out=out, definition=definition, ingredients=[parent], purpose=Purpose.GENERATOR)


def sign_renewal(released: Path, *, out: Path, title: str, tokens: Mapping[str, bytes]) -> Report:
    """Put the words of an authority for a file's signatures (time_stamp_assertion) into an update manifest.

    With the generator's certificate: nobody decided anything. `tokens` are by the names of the manifests,
    each over the SHA-256 of its signature. Raises what `sign_generated` does, and cose.NoRoom for a file that
    holds its manifests in pieces.
    """
    if not can_be_renewed(released):
        raise CannotCarry("Update manifests can be embedded in MP4, QuickTime, M4A, AVIF, PNG and JPEG.")
    texts = {label: time_stamp_assertion.stand_in(token) for label, token in tokens.items()}
    definition = claims.renewal(title=title, tokens=texts)
    given = {texts[label]: token for label, token in tokens.items()}

    def finish(path: Path, data: bytes, signature: bytes, who: KeySigner) -> tuple[bytes, bytes]:
        data = time_stamp_assertion.fill(path, given, data)
        anew = who.sign(data)
        cose.sign_anew(path, before=signature, after=anew)
        return data, anew

    return _sign(
        released, out=out, definition=definition, ingredients=[], purpose=Purpose.GENERATOR, finish=finish
    )


def can_be_renewed(path: Path) -> bool:
    """Of other kinds the library's update manifests change sizes that the content's hash is over."""
    kind = sniffer.read(path)
    return kind is not None and (kind.boxes or kind in (sniffer.PNG, sniffer.JPEG))


def can_carry(path: Path) -> bool:
    """Whether files of this kind have a place for a manifest of ours: MP4, QuickTime and most stills do."""
    kind = sniffer.read(path)
    return kind is not None and kind.credentials is CredentialSupport.SIGNED


def signable(path: Path) -> str | None:
    """Why a manifest can't be embedded in this file as it is, for people; None when it can. Cheap: it
    reads lengths alone. Then an MP4 or a PNG is made of it for the release, and that can be signed.
    """
    kind = sniffer.read(path)
    if kind is None or kind.credentials is not CredentialSupport.SIGNED:
        label = f"{kind.label} files have" if kind else "This kind of file has"
        return f"{label} no place for Content Credentials."
    if kind is sniffer.SVG and not drawings.is_inert(path):
        return "This SVG may look different to someone else or do more than draw."
    fault = boxes.fault(path) if kind.boxes else None
    return fault and f"The file is damaged and can't be signed. {fault} Export it again."


def signer(purpose: Purpose) -> KeySigner:
    files = {
        Purpose.GENERATOR: KeyFiles(
            settings.SIGNING_GENERATOR_CHAIN,
            settings.SIGNING_GENERATOR_KEY,
            settings.SIGNING_GENERATOR_COMMAND,
        ),
        Purpose.REVIEWER: KeyFiles(
            settings.SIGNING_REVIEWER_CHAIN, settings.SIGNING_REVIEWER_KEY, settings.SIGNING_REVIEWER_COMMAND
        ),
    }
    found = signers.signer(
        purpose,
        files=files[purpose],
        development_folder=trust_anchors.development_folder(),
        at=datetime.now(UTC),
    )
    serial = f"{x509.load_pem_x509_certificate(found.chain_pem.encode()).serial_number:x}"
    if (revoked := revocations.since(serial)) is not None:
        raise signers.SignerUnfit(
            f"The certificate of {found.name} was revoked here on {revoked:%Y-%m-%d}. Install another one, "
            "and name it in the settings."
        )
    return found


def require_trusted(who: KeySigner, report: Report) -> None:
    """Raise SignerUnfit unless what this signer just signed is trusted here, for who else would trust it?"""
    if report.active is None or not report.active.trusted:
        raise signers.SignerUnfit(
            f"The certificate of {who.name} leads to none that is trusted here. Its chain must hold every "
            "authority below the root, each after the one that it signed, and all must be valid."
        )


def _sign(
    source: Path,
    *,
    out: Path,
    definition: Definition,
    ingredients: Sequence[Ingredient],
    purpose: Purpose,
    pictures: bool = False,
    beside: bool = False,
    finish: Callable[[Path, bytes, bytes, KeySigner], tuple[bytes, bytes]] | None = None,
) -> Report:
    """`finish` may change what was just signed, given what was signed and its signature, and sign it anew."""
    kind = (content_type(source) or UNKNOWN) if beside else _require_place(source, pictures=pictures)
    who = signer(purpose)
    # What our own encoder wrote a moment ago needs no sandbox; files that it was made from do.
    foreign = definition.update or any(isinstance(each.source, Path) for each in ingredients)
    ours = purpose is Purpose.GENERATOR and not foreign
    sign = c2pa_io.sign if ours else signing_process.sign
    made_of: list[tuple[bytes, bytes]] = []  # what was signed, and its signature

    away: list[KeyServiceAway] = []

    def sign_bytes(data: bytes) -> bytes:
        try:
            signature = who.sign(data)
        except KeyServiceAway as gone:
            away.append(gone)  # the library knows failures alone
            raise
        made_of.append((data, signature))
        return signature

    with tempfile.TemporaryDirectory(prefix=".signing-", dir=out.resolve().parent) as folder:
        made, unproven = Path(folder, "sandbox", "signed"), Path(folder, f"unproven{out.suffix}")
        made.parent.mkdir()
        try:
            sign(
                definition.manifest,
                source=source,
                out=made,
                content_type=kind,
                edits=definition.parent is not None,
                ingredients=ingredients,
                algorithm=who.algorithm,
                chain_pem=who.chain_pem,
                sign_bytes=sign_bytes,
                anchors=trust_anchors.house(),
                beside=beside,
                update=definition.update,
            )
        except c2pa_io.SigningFailed:
            if away:
                raise away[0] from None
            raise
        try:
            sandbox.take(made, unproven)
        except sandbox.NotMade as problem:
            raise c2pa_io.SigningFailed("Signing ended without a file.") from problem
        if finish is not None:
            made_of[-1] = finish(unproven, *made_of[-1], who)
        read = partial(verify.check, source, sidecar=unproven) if beside else partial(verify.check, unproven)
        report = (made_of and _stamped(unproven, *made_of[-1], read=read)) or read()
        if report.state not in (State.TRUSTED, State.VALID):
            raise NotAsSigned(report)
        if purpose is Purpose.REVIEWER:
            require_trusted(who, report)
        unproven.replace(out)
    return report


def _stamped(signed: Path, data: bytes, signature: bytes, *, read: Callable[[], Report]) -> Report | None:
    """Stamp what was just signed and read it back; None where there is no timestamp, and nothing was changed.

    A signature without one is a signature all the same; pages say that it has none.
    """
    if not timestamps.is_configured():
        return None
    try:
        place = cose.find(signed, signature)
        stamp = timestamps.of(hashlib.sha256(cose.message(data, signature)).digest())
        cose.write(signed, place, cose.with_token(place, stamp.token))
    except (cose.NoRoom, timestamps.NoTimestamp):
        return None
    report = read()
    sound = report.state in (State.TRUSTED, State.VALID)
    if sound and report.active is not None and report.active.time_stamp:
        return report
    log.error("A timestamp that was accepted doesn't hold when read back: %s", report.codes)
    cose.write(signed, place, place.held)
    return None


def _input(given: claims.Input) -> Ingredient:
    about = {
        "title": given.title,
        "relationship": "inputTo",
        "label": given.label,
        "data_types": [{"type": given.data_type}],
    }
    return Ingredient(about=about, content_type=given.content_type, source=given.data)


def _source(facts: SourceFacts, file: Path) -> Ingredient:
    about = {"title": facts.title, "relationship": facts.relation.value, "label": facts.label}
    return Ingredient(about=about, content_type=content_type(file) or UNKNOWN, source=file)


def content_type(path: Path) -> str | None:
    kind = sniffer.read(path)
    return kind.content_type if kind else None


def _require_place(path: Path, *, pictures: bool) -> str:
    """The content type of a file that can carry a manifest."""
    kind = sniffer.read(path)
    if kind is not None and pictures and kind in PICTURES:
        return kind.content_type
    if kind is None or kind.credentials is not CredentialSupport.SIGNED:
        label = kind.label if kind else "a different kind of file"
        raise CannotCarry(
            "A manifest can be embedded in MP4, QuickTime, PNG, JPEG, WebP, AVIF, TIFF, SVG, WAV, MP3 and "
            f"M4A files; this is {label}."
        )
    return kind.content_type
