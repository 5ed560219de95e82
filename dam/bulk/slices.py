"""The work of a bulk edit, a slice at a time: each is one transaction, with its events and its progress.

A worker that is killed loses the slice that it was at, and nothing else; another goes on after the last one.
Who asked is looked up for each slice, so what they may no longer do is no longer done.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.models import User
from dam.accounts.principals import Member
from dam.audit import trail
from dam.bulk import changes, doing, edits, importing, targets
from dam.bulk.answers import Answer
from dam.bulk.models import ACTIVE, BulkEdit, BulkItem, EditState, Outcome
from dam.core import events, failures
from dam.core.errors import Refused
from dam.search.similar_prompts import NotCompared

log = logging.getLogger(__name__)

SLICE = 200  # clips: as many as one worker is kept for, and one audit chain is held for
MOST_ATTEMPTS = 5


def work(edit_id: UUID) -> bool:
    """Do the next slice; True where there is more to do. The same message may come twice."""
    try:
        with translation.override("en"), trail.recording():
            edit = _claimed(edit_id)
            return edit is not None and _next(edit)
    except (OperationalError, InterfaceError):  # the database is away, or others held the rows
        raise
    except Exception as problem:  # noqa: BLE001 - logged by failures, and tried again
        return _failed(edit_id, problem)


def _claimed(edit_id: UUID) -> BulkEdit | None:
    """The row, locked; None where it has ended, or another worker is at it."""
    rows = BulkEdit.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    rows = rows.select_related("brand", "requested_by", "undone_by")
    return rows.filter(pk=edit_id, state__in=ACTIVE).first()


def _next(edit: BulkEdit) -> bool:
    undoing = edit.state == EditState.UNDOING
    person: User = (edit.undone_by if undoing else None) or edit.requested_by
    by = principals.member(person, edit.brand)
    if by is None:
        _end(edit, EditState.FAILED, _("The person who asked for it is no longer a member of this brand."))
        return False
    if edit.state == EditState.WAITING:
        edit.state = EditState.RUNNING
        if edit.query is not None:
            edit.total = targets.gather(edit, by=by)
        if edit.total:
            _save(edit, "total")
            return True
    return _undo_slice(edit, by) if undoing else _slice(edit, by)


def _slice(edit: BulkEdit, by: Member) -> bool:
    change = changes.read(edit.change)
    if missing := edits.lacking(change, by):
        _end(edit, EditState.FAILED, by.refusal(missing))
        return False
    some = _some(edit, Outcome.WAITING)
    keys = [item.asset_id for item in some]
    rows = importing.rows_of(some) if change.rows else None
    at = timezone.now()
    answers = doing.do(keys, change, by=by, at=at, noted=_noted(edit), rows=rows) if keys else {}
    count = _keep(some, answers)
    edit.changed += count[Outcome.CHANGED]
    edit.same += count[Outcome.SAME]
    edit.left += count[Outcome.LEFT]
    return _went_on(edit, some, EditState.DONE)


def _undo_slice(edit: BulkEdit, by: Member) -> bool:
    some = _some(edit, Outcome.CHANGED)
    done = {item.asset_id: item.done or {} for item in some}
    answers = doing.undo(done, by=by, noted=_noted(edit)) if done else {}
    for item in some:
        answer = answers[item.asset_id]
        item.outcome = _of_undoing(answer)
        item.reason = answer.reason
        edit.undone += item.outcome == Outcome.UNDONE
        edit.partly += item.outcome == Outcome.PARTLY
        edit.kept += item.outcome == Outcome.KEPT
    BulkItem.objects.bulk_update(some, ["outcome", "reason"])
    return _went_on(edit, some, EditState.UNDONE)


def _of_undoing(answer: Answer) -> Outcome:
    if not answer.reasons:
        return Outcome.UNDONE
    return Outcome.PARTLY if answer.done else Outcome.KEPT


def _some(edit: BulkEdit, outcome: Outcome) -> list[BulkItem]:
    return list(edit.items.filter(outcome=outcome).order_by("pk")[:SLICE])


def _keep(some: list[BulkItem], answers: Mapping[UUID, Answer]) -> Counter[str]:
    for item in some:
        answer = answers[item.asset_id]
        item.outcome, item.reason, item.done = answer.outcome, answer.reason, answer.done or None
    BulkItem.objects.bulk_update(some, ["outcome", "reason", "done"])
    return Counter(item.outcome for item in some)


def _went_on(edit: BulkEdit, some: list[BulkItem], at_end: EditState) -> bool:
    if len(some) < SLICE:
        _end(edit, at_end, "")
        return False
    _save(edit)
    return True


def _end(edit: BulkEdit, state: EditState, problem: str) -> None:
    edit.state, edit.problem, edit.ended_at = state, problem[:300], timezone.now()
    _save(edit, "total", "problem", "ended_at")


def _save(edit: BulkEdit, *fields: str) -> None:
    edit.moved_at, edit.attempts = timezone.now(), 0
    counted = ("changed", "same", "left", "undone", "partly", "kept")
    edit.save(update_fields=["state", "moved_at", "attempts", *counted, *fields])
    events.publish(brand_id=edit.brand_id, name=edits.channel(edit.pk))


def _failed(edit_id: UUID, problem: Exception) -> bool:
    """Whether to try once more; after some attempts in a row it ends, and what was changed stays."""
    edit = BulkEdit.objects.filter(pk=edit_id, state__in=ACTIVE).first()
    if edit is None:
        return False
    edit.attempts += 1
    edit.moved_at = timezone.now()
    fields = ["attempts", "moved_at"]
    final = isinstance(problem, Refused) and not isinstance(problem, NotCompared)
    again = edit.attempts < MOST_ATTEMPTS and not final
    if again:
        log.warning("A slice of bulk edit %s failed and is tried again.", edit_id, exc_info=problem)
    else:
        edit.problem = failures.sentence(problem, of=f"Bulk edit {edit_id}")
        edit.state, edit.ended_at = EditState.FAILED, timezone.now()
        fields += ["problem", "state", "ended_at"]
    edit.save(update_fields=fields)
    events.publish(brand_id=edit.brand_id, name=edits.channel(edit.pk))
    return again


def _noted(edit: BulkEdit) -> dict[str, Any]:
    return {"bulk_edit": str(edit.pk)}
