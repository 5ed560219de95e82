"""Asking for a bulk edit, starting it, stopping it and taking it back. The work itself is dam.bulk.slices."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Member, Principal
from dam.bulk import changes, targets, terms
from dam.bulk.changes import Change
from dam.bulk.models import ACTIVE, UNDOABLE, BulkEdit, EditState, Outcome
from dam.core import errors, events, tasks
from dam.core.lazily import lazy
from dam.search.likes import Like
from dam.search.query import Filters

TASK = "default.bulk_edit"
NEEDED = (Capability.EDIT, Capability.COLLECT, Capability.HOLD, Capability.DISCARD)
DRAFTS_LAST = timedelta(days=1)
KEPT = timedelta(days=90)  # how long what was changed can be looked up, and undone
STUCK = timedelta(seconds=90)  # without a sign of a worker
STARTED = lazy(
    "This bulk edit has been started already, so nothing was added to it. "
    "To change more, select the clips again."
)


class BulkRefused(errors.Refused):
    """The bulk edit can't be started, stopped or undone."""

    code = "bulk_refused"


def may(principal: Principal) -> bool:
    """Whether there is anything they can change in bulk. A program does it clip by clip."""
    return isinstance(principal, Member) and any(map(principal.can, NEEDED))


def require(principal: Principal) -> Member:
    """Raises PermissionDenied for whoever can change nothing in bulk."""
    if not isinstance(principal, Member):
        raise PermissionDenied(_("Bulk edits need a person who is signed in."))
    if not may(principal):
        raise PermissionDenied(principal.refusal(Capability.EDIT))
    return principal


def require_import(principal: Principal) -> Member:
    """Who edits reads files in, and who decides on terms, for what they may change of them."""
    member = require(principal)
    if not may_state(principal):
        principal.require(Capability.EDIT)
    return member


def own(principal: Principal) -> QuerySet[BulkEdit]:
    """Those that this person asked for. Whoever runs the brand sees everybody's that were started."""
    here = BulkEdit.objects.filter(brand=principal.brand)
    mine = Q(requested_by=principal.user)
    return here.filter(mine | ~Q(state=EditState.DRAFT)) if _runs(principal) else here.filter(mine)


def draft_of(keys: Collection[UUID], *, by: Principal) -> BulkEdit:
    """One about these clips, of those that they see. Raises BulkRefused, PermissionDenied."""
    member = require(by)
    edit = BulkEdit.objects.create(brand=by.brand, requested_by=member.user)
    edit.total = targets.name(edit, keys, by=by)
    if not edit.total:
        edit.delete()
        raise BulkRefused(_("Select the clips to edit first."))
    edit.save(update_fields=["total"])
    return edit


def draft_of_search(words: str, filters: Filters, like: Like | None, *, by: Principal) -> BulkEdit:
    """One about everything that a search finds.

    Raises BulkRefused, PermissionDenied, likeness.NotThere, similar_prompts.NotCompared.
    """
    member = require(by)
    if targets.is_ranked(words, like, by=by):
        return draft_of(targets.ranked(words, filters, like, by=by), by=by)
    query = targets.kept(words, filters)
    if not targets.found(query, by=by).exists():
        raise BulkRefused(_("No clips match any more."))
    return BulkEdit.objects.create(brand=by.brand, requested_by=member.user, query=query)


def choose(edit: BulkEdit, change: Change, *, by: Principal) -> None:
    """Say what is to change. Raises BulkRefused for what has begun, PermissionDenied."""
    require_all(change, by)
    drafts = BulkEdit.objects.filter(pk=edit.pk, state=EditState.DRAFT, requested_by=by.user)
    if not drafts.update(change=change.kept()):
        raise BulkRefused(str(STARTED))
    edit.change = change.kept()


def require_all(change: Change, by: Principal) -> None:
    """Raise PermissionDenied where a part of it is not theirs to do."""
    if missing := lacking(change, by):
        by.require(missing)


def lacking(change: Change, by: Principal) -> Capability | None:
    """What they would need for a part of it that is not theirs to do."""
    for wanted, capability in _needed(change):
        if wanted and not by.can(capability):
            return capability
    if (change.stated or change.rows) and not may_state(by):
        return Capability.EDIT
    return terms.lacking(change, by)


def may_state(by: Principal) -> bool:
    """Whether they may change what is stated of rights of some clip: of each it is asked once more."""
    return by.can(Capability.EDIT) or by.can(Capability.DECIDE_LEGAL)


def _needed(change: Change) -> tuple[tuple[bool, Capability], ...]:
    return (
        # What a file says of rights is for those who decide on terms, too; each row is asked once more.
        ((change.changes_words or change.changes_fields) and not change.rows, Capability.EDIT),
        (change.collection is not None, Capability.COLLECT),
        (bool(change.hold), Capability.HOLD),
        (change.trash, Capability.DISCARD),
    )


def start(edit: BulkEdit, *, by: Principal, at: datetime | None = None, seen: str | None = None) -> None:
    """Have a worker do it; a second click starts nothing twice.

    `seen` is the digest of the change whose preview was shown. Raises BulkRefused, also where another has
    been chosen since, and PermissionDenied.
    """
    change = changes.read(edit.change)
    if change.is_empty:
        raise BulkRefused(_("Choose what to change first."))
    require_all(change, by)
    drafts = BulkEdit.objects.filter(pk=edit.pk, state=EditState.DRAFT, requested_by=by.user)
    if seen is None or seen == changes.digest(edit.change):
        at = at or timezone.now()
        if _move(drafts.filter(change=edit.change), EditState.WAITING, at=at, started_at=at):
            send(edit.pk)
            return
    if drafts.exists():
        raise BulkRefused(
            _("Another change was chosen since this preview. Check the new one, then start it.")
        )


def cancel(edit: BulkEdit, *, by: Principal) -> None:
    """Stop it where it is: what was changed stays changed, and can be undone. Raises BulkRefused."""
    at = timezone.now()
    running = BulkEdit.objects.filter(pk=edit.pk, state__in=(EditState.WAITING, EditState.RUNNING))
    if not _move(running, EditState.CANCELLED, at=at, ended_at=at):
        raise BulkRefused(_("This bulk edit has ended already."))
    events.publish(brand_id=edit.brand_id, name=channel(edit.pk))


def undo(edit: BulkEdit, *, by: Principal) -> None:
    """Have a worker take it back; a second click does nothing twice. Raises BulkRefused."""
    person = require(by).user
    if edit.state in (EditState.UNDOING, EditState.UNDONE):
        return
    ended = BulkEdit.objects.filter(pk=edit.pk, state__in=UNDOABLE, changed__gt=0)
    # An undo that failed has dealt with some of them already.
    dealt_with = edit.items.aggregate(
        undone=Count("pk", filter=Q(outcome=Outcome.UNDONE)),
        partly=Count("pk", filter=Q(outcome=Outcome.PARTLY)),
        kept=Count("pk", filter=Q(outcome=Outcome.KEPT)),
    )
    begun = {"undone_by": person, **dealt_with, "problem": "", "ended_at": None}
    if not _move(ended, EditState.UNDOING, at=timezone.now(), **begun):
        raise BulkRefused(_("There is nothing to undo."))
    send(edit.pk)


def send(edit_id: UUID) -> None:
    tasks.enqueue(TASK, edit_id=str(edit_id))


def recover(*, at: datetime) -> None:
    """Send again what no worker has touched for a while: its message or its worker was lost."""
    stuck = BulkEdit.objects.filter(state__in=ACTIVE, moved_at__lt=at - STUCK)
    for key in stuck.values_list("pk", flat=True)[:100]:
        send(key)


def forget(*, at: datetime) -> None:
    """Drafts that nobody started, and what ended long ago: how words were before is not kept for ever."""
    drafts = Q(state=EditState.DRAFT, created_at__lt=at - DRAFTS_LAST)
    old = Q(created_at__lt=at - KEPT) & ~Q(state__in=ACTIVE)
    for edit in BulkEdit.objects.filter(drafts | old).order_by("created_at")[:100]:
        while keys := list(edit.items.values_list("pk", flat=True)[:10_000]):
            edit.items.filter(pk__in=keys).delete()
        edit.delete()


def channel(edit_id: UUID) -> str:
    """What open pages of it listen for."""
    return f"bulk-{edit_id}"


def _move(rows: QuerySet[BulkEdit], state: EditState, *, at: datetime, **fields: object) -> int:
    return rows.update(state=state, moved_at=at, attempts=0, **fields)


def _runs(principal: Principal) -> bool:
    return principal.can(Capability.MANAGE_BRAND)
