"""Bulk edits as they are asked for and as a worker does them."""

from dam.accounts.principals import Member
from dam.bulk import edits, slices
from dam.bulk.changes import Change
from dam.bulk.models import BulkEdit
from dam.catalog.models import Asset
from dam.search.query import Filters


def run(edit: BulkEdit) -> BulkEdit:
    """What a worker does, to the end."""
    while slices.work(edit.pk):
        pass
    edit.refresh_from_db()
    return edit


def started(chosen: list[Asset] | Filters, change: Change, *, by: Member) -> BulkEdit:
    if isinstance(chosen, Filters):
        edit = edits.draft_of_search("", chosen, None, by=by)
    else:
        edit = edits.draft_of([asset.pk for asset in chosen], by=by)
    edits.choose(edit, change, by=by)
    edits.start(edit, by=by)
    return edit


def done(chosen: list[Asset] | Filters, change: Change, *, by: Member) -> BulkEdit:
    return run(started(chosen, change, by=by))


def undone(edit: BulkEdit, *, by: Member) -> BulkEdit:
    edits.undo(edit, by=by)
    return run(edit)
