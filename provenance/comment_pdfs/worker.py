"""The worker's part: claim a PDF, make it, keep it, and say so whatever happens."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from celery.exceptions import Reject
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from dam.accounts import principals, times
from dam.catalog import stored_files
from dam.core import database, failures, log_context, storage
from dam.ingest import holding, outages
from dam.media.errors import FileRefused, MediaFailed
from provenance.comment_pdfs import contents, document, frames, pdfs
from provenance.comment_pdfs.models import CommentPdf
from provenance.review import filtering
from provenance.review.policies import STAGES

log = logging.getLogger(__name__)

TELL_SECONDS = 2.0
FRAMES = 0.8  # of the way: then pages are written
CANNOT = (MediaFailed, FileRefused, pdfs.PdfRefused)


def run(pdf_id: str) -> None:
    """Make a PDF that waits. May run twice, and at once: one of them keeps it. Raises Reject."""
    try:
        pdf = database.again(lambda: pdfs.claim(pdf_id, token=uuid4().hex, at=timezone.now()))
        if pdf is not None:
            log_context.add(brand=pdf.brand_id, user=pdf.user_id)
            with translation.override(pdf.language):
                _run_claimed(pdf)
    except database.AWAY as problem:
        raise Reject(problem, requeue=True) from problem


def _run_claimed(pdf: CommentPdf) -> None:
    database.release()
    try:
        with holding.held(lambda: pdfs.own(pdf)):
            _make(pdf)
    except pdfs.Lost:
        log.info("PDF %s was removed, or went to another worker.", pdf.pk)
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(lambda: pdfs.put_back(pdf, at=timezone.now()))
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(pdf, problem)


def _make(pdf: CommentPdf) -> None:
    at, zone, version = timezone.now(), times.of_brand(pdf.brand), pdf.version
    wanted = filtering.read(pdf.wanted, stages=STAGES)
    found = contents.read(version, wanted, for_guests=pdf.for_guests)
    pdfs.require_size(found)
    tell = _teller(pdf)
    with storage.scratch() as folder:
        made = (
            frames.make(version, found, folder, told=lambda done: tell(FRAMES * done)) if found.frames else {}
        )
        out = folder / "comments.pdf"
        total = max(1, len(found.in_order))
        written = document.write(
            out,
            contents.head(version, found, by=pdf.user, at=at, zone=zone),
            contents.threads(
                version,
                found,
                made,
                zone=zone,
                reader=principals.member(pdf.user, pdf.brand),
                attached=frames.attached(found, folder),
            ),
            language=pdf.language,
            at=at,
            told=lambda done: tell(FRAMES + (1 - FRAMES) * done / total),
        )
        stored = storage.put(out, brand_id=pdf.brand_id, suffix=out.suffix)
        try:
            database.again(lambda: pdfs.keep(pdf, stored, written, at=timezone.now()))
        except BaseException:
            # Where the database is gone too, the sweep of stored files finds it.
            with suppress(DatabaseError), transaction.atomic():
                stored_files.drop(stored, brand_id=pdf.brand_id)
            raise


def _teller(pdf: CommentPdf) -> Callable[[float], None]:
    last = [0.0]

    def tell(done: float) -> None:
        now = time.monotonic()
        if now - last[0] >= TELL_SECONDS:
            last[0] = now
            database.again(lambda: pdfs.progress(pdf, min(99, int(done * 100))))

    return tell


def _take_problem(pdf: CommentPdf, problem: Exception) -> None:
    at = timezone.now()
    away = outages.describe(problem)
    if away is not None:
        log.warning("PDF %s could not be made now: %s (%r)", pdf.pk, away, problem)
        _unless_lost(lambda: pdfs.put_back(pdf, reason=away, at=at))
        return
    reason = failures.sentence(problem, of=f"PDF {pdf.pk}", worded=CANNOT)
    _unless_lost(lambda: pdfs.fail(pdf, reason=reason, at=at))
    if not isinstance(problem, CANNOT):
        raise problem


def _unless_lost(end: Callable[[], None]) -> None:
    try:
        database.again(end)
    except pdfs.Lost:
        log.info("The PDF was removed, or went to another worker.")
