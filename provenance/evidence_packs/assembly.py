"""Putting a pack together: section after section into one ZIP, and what vouches for all of them."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from dam.core import errors, storage
from dam.ingest import disk_space
from provenance.evidence_packs import (
    approvals,
    clip,
    contributions,
    credentials,
    document,
    rights,
    seal,
    spread,
    subject,
)
from provenance.evidence_packs.archive import Archive, as_json, moment, suffix_of
from provenance.evidence_packs.seal import Sealing, Unsealed
from provenance.evidence_packs.subject import Subject
from provenance.manifests import timestamps
from provenance.manifests.timestamps import NoTimestamp
from provenance.releases.models import Release

FORMAT = "reelproof-evidence/1"
INDEX, SIGNATURE, TIMESTAMP = "manifest.json", "manifest.json.sig", "manifest.json.tsr"
HERE = Path(__file__).parent
ROOM = 64 * 1024**2  # for all but the released file; documents come on top
IN_ENGLISH = "en"  # what programs read; the summary is in the language that is active

Told = Callable[[float], None]


class PackRefused(errors.Refused):
    """No pack can be made of this release; the message says why."""

    code = "evidence_pack_refused"


@dataclass(frozen=True)
class Written:
    """`up_to` is the last event of the activity log that it knows; `signed` whether its index is."""

    up_to: int
    files: int
    signed: bool
    stamped: bool


def write(
    out: Path,
    release: Release,
    *,
    with_file: bool,
    language: str,
    at: datetime,
    told: Told = lambda done: None,
) -> Written:
    """Write the pack of a release that was signed; `told` hears how far it is, from 0 to 1.

    Raises PackRefused where its file is gone or another one, and what storage and the sandbox raise.
    """
    require(release)
    _require_room(release, with_file=with_file)
    about = subject.of(release, at=at)
    with _released(release) as path, zipfile.ZipFile(out, "w", allowZip64=True) as file:
        told(0.1)
        archive = Archive(file, at=at)
        with translation.override(IN_ENGLISH):
            facts = _sections(archive, about, path, told)
        _add_file(archive, about, facts, path, with_file=with_file, told=told)
        told(0.9)
        return _close(archive, file, about, facts, with_file=with_file, language=language)


def require(release: Release) -> None:
    """Raises PackRefused for one that was never signed, or whose file an earlier version has dropped."""
    if not release.sha256 or not release.storage_key:
        raise PackRefused(_("Only what was released has an evidence pack, and this release has no file."))


def _require_room(release: Release, *, with_file: bool) -> None:
    size = release.size or 0
    disk_space.require_local(size)
    disk_space.require_work(ROOM + (size if with_file else 0))


@contextmanager
def _released(release: Release) -> Iterator[Path]:
    """The released file, which is the one that was signed."""
    try:
        copy = storage.local_copy(release.storage_key)
        with copy as path:
            if storage.sha256_of(path) != release.sha256:
                raise PackRefused(_("The stored file isn't the one that was released. Restore that first."))
            yield path
    except FileNotFoundError:
        raise PackRefused(_("The released file is missing from storage. Restore it first.")) from None


def _sections(archive: Archive, about: Subject, path: Path, told: Told) -> dict[str, Any]:
    facts: dict[str, Any] = {"clip": clip.told(about)}
    facts["credentials"] = credentials.add(archive, about, path)
    told(0.4)
    late = clip.timestamp(about)
    facts["timestamps"] = credentials.add_timestamps(archive, about, facts["credentials"], late)
    facts["reviews"] = approvals.add(archive, about)
    facts["rights"] = rights.add(archive, about)
    told(0.5)
    facts["contributions"] = contributions.add(archive, about)
    facts["labels"] = spread.add_labels(archive, about)
    facts["recalls"] = spread.add_recalls(archive, about)
    told(0.6)
    return facts


def _add_file(
    archive: Archive, about: Subject, facts: dict[str, Any], path: Path, *, with_file: bool, told: Told
) -> None:
    """The released file, or its hash alone, and what is said of it."""
    release = facts["clip"]["release"]
    if with_file:
        size, done = max(1, about.release.size or 0), 0

        def came(block: int) -> None:
            nonlocal done
            done += block
            told(0.6 + 0.3 * done / size)

        name = f"release/released{suffix_of(about.release.storage_key)}"
        with path.open("rb") as file:
            archive.add_file(name, file, about="The released file, as it was signed", told=came)
        release["file"] = name
    archive.add_json(
        "release/release.json", facts["clip"], about="The released file: hash, terms, and how it stands today"
    )


def _close(
    archive: Archive,
    file: zipfile.ZipFile,
    about: Subject,
    facts: dict[str, Any],
    *,
    with_file: bool,
    language: str,
) -> Written:
    """What leads through the pack, and what vouches for it."""
    sealing = seal.who()
    if isinstance(sealing, Sealing):
        chain = sealing.chain_pem.encode()
        archive.add("certificates/signer.pem", chain, about="Who signed the index, and the authorities above")
    archive.add_path("readme.txt", HERE / "readme.txt", about="How to check this pack, and what is in it")
    archive.add_path("check.py", HERE / "check.py", about="Checks this pack without a network")
    _add_summary(archive, about, facts, sealing, language=language)
    content, stamp = _index(archive, about, sealing, with_file=with_file)
    file.writestr(INDEX, content)
    if stamp is not None:
        file.writestr(TIMESTAMP, stamp)
    if isinstance(sealing, Sealing):
        file.writestr(SIGNATURE, seal.sign(content))
    return Written(about.up_to, len(archive.entries), isinstance(sealing, Sealing), stamp is not None)


def _add_summary(
    archive: Archive, about: Subject, facts: dict[str, Any], sealing: Sealing | Unsealed, *, language: str
) -> None:
    with storage.scratch() as folder, translation.override(language):
        out = folder / "evidence.pdf"
        # The policy gives its reasons in the language that is active.
        facts = {**facts, "clip": {**facts["clip"], "status": clip.status(about)}}
        document.write(out, facts, archive.entries, sealing=sealing, language=language, at=about.at)
        archive.add_path("evidence.pdf", out, about="The way through this pack, for people")


def _index(
    archive: Archive, about: Subject, sealing: Sealing | Unsealed, *, with_file: bool
) -> tuple[bytes, bytes | None]:
    """The index, and an authority's word that it was there now, where one is set up and answers."""
    signed = isinstance(sealing, Sealing)
    index: dict[str, Any] = {
        "format": FORMAT,
        "made_at": moment(about.at),
        "made_by": "Reelproof",
        "brand": about.brand.name,
        "clip": about.asset.title,
        "version": about.version.number,
        "release_sha256": about.release.sha256,
        "with_file": with_file,
        "activity_log_up_to": about.up_to,
        "signature": {"signer": sealing.name, "algorithm": sealing.algorithm}
        if isinstance(sealing, Sealing)
        else None,
        "not_signed_because": "" if signed else getattr(sealing, "reason", ""),
        "timestamp": None,
        "no_timestamp_because": "",
        "files": [
            {"name": each.name, "sha256": each.sha256, "size": each.size, "about": each.about}
            for each in sorted(archive.entries, key=lambda each: each.name)
        ],
    }
    if not timestamps.is_configured():
        index["no_timestamp_because"] = "No timestamp authority is set up."
        return as_json(index), None
    # What it is over says that there is one, so it is asked last, and what it says of itself stays in it.
    index["timestamp"] = {"file": TIMESTAMP}
    content = as_json(index)
    try:
        return content, timestamps.of(hashlib.sha256(content).digest()).response
    except NoTimestamp as none:
        return as_json(index | {"timestamp": None, "no_timestamp_because": str(none)}), None
