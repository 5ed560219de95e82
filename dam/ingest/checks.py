"""The task that decides on a complete upload: held by one worker, put back when something was away.

However a check goes wrong, it is tried a bounded number of times; then the upload is refused, saying why.
"""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from celery.exceptions import Reject
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import turns
from dam.core import database
from dam.core.tasks import queue_of
from dam.ingest import backoff, holding, importer, outages, uploads
from dam.ingest.models import Upload, UploadState
from dam.media.errors import FileRefused

log = logging.getLogger(__name__)

MOST_ROUNDS = 5  # of looking for an upload that no other worker takes at the same moment
MOST_ATTEMPTS = 3  # that ended in a way that nobody foresaw, or in its worker's death


def run(upload_id: UUID | str) -> None:
    """Decide on the upload, unless another worker does. Raises Reject when the database stays away."""
    try:
        if database.again(lambda: _claim(upload_id)):
            _run_claimed(upload_id)
    except database.AWAY as problem:
        log.warning("The database is away; upload %s goes back to its queue.", upload_id)
        raise Reject(problem, requeue=True) from problem


def run_in_turn(upload_id: UUID | str) -> None:
    """As `run`, for the upload whose turn it is: nobody's one file waits behind somebody's thousand."""
    try:
        taken = database.again(lambda: _claim_in_turn(upload_id))
        if taken is not None:
            _run_claimed(taken)
    except database.AWAY as problem:
        log.warning("The database is away; upload %s goes back to its queue.", upload_id)
        raise Reject(problem, requeue=True) from problem


def _claim_in_turn(upload_id: UUID | str) -> UUID | str | None:
    # One that was put back has a reason until it is due and sent again.
    waiting = Upload.objects.filter(holding.free(timezone.now()), state=UploadState.RECEIVED, reason="")
    for _round in range(MOST_ROUNDS):
        found = False
        for upload in turns.rows(
            queue_of("check.upload"), waiting.order_by("brand_id", "user_id", "updated_at")
        ):
            found = True
            if _claim(upload.pk):
                return upload.pk
        if not found:
            break
    return upload_id if _claim(upload_id) else None


def _claim(upload_id: UUID | str) -> bool:
    at = timezone.now()
    upload = Upload.objects.filter(holding.free(at), pk=upload_id, state=UploadState.RECEIVED)
    worn_out = upload.filter(attempts__gte=MOST_ATTEMPTS).first()
    if worn_out is not None:
        _give_up(
            worn_out,
            (
                _("The file couldn't be checked after %(most_attempts)s attempts.")
                % {"most_attempts": MOST_ATTEMPTS}
            ),
        )
        return False
    with transaction.atomic():
        if not upload.update(held_until=holding.until(at), attempts=F("attempts") + 1):
            return False
        brand, user = Upload.objects.values_list("brand_id", "user_id").get(pk=upload_id)
        turns.take(queue_of("check.upload"), (brand, user), at=at)
    return True


def _run_claimed(upload_id: UUID | str) -> None:
    waiting = Upload.objects.filter(pk=upload_id, state=UploadState.RECEIVED)
    try:
        with holding.held(waiting.all):
            importer.take_upload(upload_id)
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop: leave it to the next one
        at = timezone.now()
        database.again(lambda: _put_back(upload_id, due_at=backoff.next_send(at, sends=0), counts=False))
        raise
    except Exception as problem:
        away = outages.describe(problem, key=f"{uploads.FOLDER}/{upload_id}")
        database.again(lambda: _take_problem(upload_id, away))
        if away is None:
            raise
        log.warning("Checking upload %s is put off: %s (%r)", upload_id, away, problem)


def _take_problem(upload_id: UUID | str, away: str | None) -> None:
    at = timezone.now()
    upload = Upload.objects.get(pk=upload_id)
    if away is None and upload.attempts >= MOST_ATTEMPTS:
        _give_up(
            upload,
            (
                _("The file couldn't be checked after %(most_attempts)s attempts.")
                % {"most_attempts": MOST_ATTEMPTS}
            ),
        )
    elif away is None:
        due_at = backoff.next_retry(at, interruptions=upload.attempts)
        _put_back(
            upload_id,
            due_at=due_at,
            counts=True,
            reason=_("The check failed. Reelproof will try again automatically."),
        )
    elif upload.interruptions + 1 >= backoff.MOST_INTERRUPTIONS:
        _give_up(upload, away)
    else:
        due_at = backoff.next_retry(at, interruptions=upload.interruptions)
        reason = _("%(away)s Reelproof will try again automatically.") % {"away": away}
        _put_back(upload_id, due_at=due_at, counts=False, reason=reason, interruptions=F("interruptions") + 1)


def _put_back(
    upload_id: UUID | str, *, due_at: datetime, counts: bool, reason: str = "", **fields: Any
) -> None:
    if not counts:
        fields["attempts"] = F("attempts") - 1
    waiting = Upload.objects.filter(pk=upload_id, state=UploadState.RECEIVED)
    if waiting.update(held_until=None, due_at=due_at, reason=reason, **fields):
        uploads.publish(waiting.get())


def _give_up(upload: Upload, why: str) -> None:
    message = _(
        "%(why)s Upload it again or contact your administrator. The worker's log has the details."
    ) % {"why": why}
    uploads.refuse(upload, FileRefused("not_checked", message), frm=UploadState.RECEIVED)
