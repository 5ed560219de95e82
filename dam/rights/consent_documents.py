"""The document of a consent: kept as it was sent, never read, and let go once that is written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from dam.catalog import stored_files
from dam.core import errors, foreign_text, locks, storage
from dam.core.storage import Stored
from dam.rights.models import Consent

MOST_BYTES = 15 * 1024 * 1024
LONGEST_NAME = 200  # characters

# By their first bytes: what is kept, under which ending. Nothing ever opens them here.
_ENDINGS: Mapping[bytes, str] = {
    b"%PDF-": ".pdf",
    b"\x89PNG\r\n\x1a\n": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"II*\x00": ".tif",
    b"MM\x00*": ".tif",
}


@dataclass(frozen=True)
class Document:
    filename: str
    data: bytes


class DocumentRefused(errors.Refused):
    """`empty`, `too_large` or `unknown`."""

    code = "consent_document"


def require(document: Document | None) -> None:
    """Raises DocumentRefused."""
    if document is None:
        return
    if not document.data:
        raise DocumentRefused(_("The file is empty. Choose another one."), code="empty")
    if len(document.data) > MOST_BYTES:
        raise DocumentRefused(
            _("The document is larger than %(most)s MB. Choose a smaller one.")
            % {"most": MOST_BYTES // 1024**2},
            code="too_large",
        )
    if not _ending(document.data):
        raise DocumentRefused(
            _("This file can't be kept as a document. Choose a PDF, JPEG, PNG or TIFF file."), code="unknown"
        )


def keep(document: Document, consent: Consent) -> None:
    """Store it for a consent, which the caller saves."""
    stored, consent.filename = store(document, brand_id=consent.brand_id)
    consent.storage_key, consent.sha256, consent.size = stored.key, stored.sha256, stored.size


def store(document: Document, *, brand_id: int) -> tuple[Stored, str]:
    """Store the bytes as they came, under the lock of their content, which the caller's transaction holds.

    With the name it's shown by. The caller has asked `require`.
    """
    suffix = _ending(document.data)
    with storage.scratch() as folder:
        path = Path(folder) / "document"
        path.write_bytes(document.data)
        digest = storage.sha256_of(path)
        locks.hold(storage.key_for(brand_id=brand_id, sha256=digest, suffix=""))
        stored = storage.put(path, brand_id=brand_id, suffix=suffix, sha256=digest)
    return stored, foreign_text.line(document.filename, longest=LONGEST_NAME) or f"document{suffix}"


def of(consent: Consent) -> Stored | None:
    return Stored(consent.storage_key, consent.sha256, consent.size) if consent.storage_key else None


def drop(replaced: Stored | None, consent: Consent) -> None:
    """Let its document before go once that is written down; where this dies before, the sweep takes it."""
    if replaced is not None and replaced.key != consent.storage_key:
        transaction.on_commit(partial(_let_go, replaced, consent.brand_id))


def _ending(data: bytes) -> str:
    return next((suffix for begins, suffix in _ENDINGS.items() if data.startswith(begins)), "")


def _let_go(stored: Stored, brand_id: int) -> None:
    with transaction.atomic():
        stored_files.drop(stored, brand_id=brand_id)
