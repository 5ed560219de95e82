"""Finds files that are missing or altered, in batches: what it remembers fits in any memory.

After each batch it is written down how far it has come, so that a check that was cut off goes on from there.
Files that no row names are counted and left alone: the sweep (dam.ingest.cleanup) alone removes them, and
does so all the time, for that is how the files of a deleted clip go.
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from dam.catalog import stored_files
from dam.catalog.models import Rendition, RenditionPart
from dam.core import errors, locks, storage
from dam.ingest import cleanup, holding
from dam.operations.fsck import listing
from dam.operations.fsck.listing import Listing
from dam.operations.models import Problem, Repair, StorageCheck, StorageFinding

BATCH = 500
STALE = timedelta(days=7)  # one that was cut off so long ago says little about today
ORPHANS = "orphans"
_BLOCK = 1024 * 1024
# Made from a master, and can be made again: their size will do. Of everything else each byte is read.
DERIVED: tuple[type[Model], ...] = (Rendition, RenditionPart)


class Busy(errors.Refused):
    """Another command is at it."""

    code = "check_running"


@dataclass(frozen=True)
class _Named:
    """What a row says of its file."""

    position: str
    key: str
    size: int | None
    sha256: str  # empty where its size will do


def begin(*, again: bool = False, at: datetime | None = None) -> StorageCheck:
    """The check that was cut off, else a new one, held by whoever called; findings of older ones go.

    With `again` a new one in any case. Raises Busy.
    """
    with transaction.atomic():
        locks.hold("fsck")
        return _begin(again=again, at=at or timezone.now())


def _begin(*, again: bool, at: datetime) -> StorageCheck:
    unfinished = StorageCheck.objects.filter(ended_at=None).order_by("-started_at").first()
    if unfinished is not None and unfinished.held_until is not None and unfinished.held_until > at:
        raise Busy(_("Another check of storage is running. Wait for it to finish."))
    if unfinished is not None and not again and (unfinished.held_until or at) > at - STALE:
        StorageCheck.objects.filter(pk=unfinished.pk).update(held_until=holding.until(timezone.now()))
        return unfinished
    StorageCheck.objects.filter(ended_at=None).delete()
    StorageFinding.objects.all().delete()
    return StorageCheck.objects.create(started_at=at, held_until=holding.until(at))


def run(check: StorageCheck) -> None:
    """Look at everything that this check has not seen yet. Raises storage.Unavailable."""
    brands = [str(key) for key in Brand.objects.order_by("pk").values_list("pk", flat=True)]
    tables = {model._meta.label: model for model in stored_files.tables()}
    with listing.of(brands) as stored:
        for label in sorted(tables.keys() - set(check.done)):
            _look_through(check, tables[label], stored)
            _leave_behind(check, label)
        if ORPHANS not in check.done:
            _count_orphans(check, stored)
            _leave_behind(check, ORPHANS)


def end(check: StorageCheck) -> None:
    """Count what was found and what of it was repaired, and let go."""
    counts: dict[str, int] = check.findings.aggregate(
        **{problem.value: Count("pk", filter=Q(problem=problem)) for problem in Problem},
        repaired=Count("pk", filter=~Q(repair=Repair.NONE)),
    )
    for name, number in counts.items():
        setattr(check, name, number)
    check.ended_at, check.held_until = timezone.now(), None
    check.save()


def last() -> StorageCheck | None:
    """The last check that came to its end."""
    return StorageCheck.objects.exclude(ended_at=None).order_by("-started_at").first()


def held(check: StorageCheck) -> AbstractContextManager[None]:
    """While the block runs the check is this command's, however long a file of it takes."""
    return holding.held(lambda: StorageCheck.objects.filter(pk=check.pk, ended_at=None))


def let_go(check: StorageCheck) -> None:
    """So that the next command need not wait until this one counts as gone."""
    StorageCheck.objects.filter(pk=check.pk).update(held_until=timezone.now())


def digest(key: str, *, each: Callable[[int], None] = lambda size: None) -> str:
    """The SHA-256 of the stored bytes, told of each block's size. Raises FileNotFoundError."""
    found = hashlib.sha256()
    with storage.open_file(key) as file:
        while block := file.read(_BLOCK):
            found.update(block)
            each(len(block))
    return found.hexdigest()


def _look_through(check: StorageCheck, model: type[Model], stored: Listing) -> None:
    while batch := _rows(model, after=check.position):
        found = {row.key: finding for row in batch if (finding := _look_at(check, row, stored))}
        gone = stored_files.unnamed(list(found)) if found else []  # whose rows went in this moment
        for key in gone:
            del found[key]
        # One that was cut off in here looks at this batch again.
        StorageFinding.objects.bulk_create(found.values(), ignore_conflicts=True)
        check.files += len(batch)
        _remember(check, batch[-1].position)


def _rows(model: type[Model], *, after: str) -> list[_Named]:
    rows = model._base_manager.exclude(**{stored_files.COLUMN: ""}).order_by("pk")
    if after:
        rows = rows.filter(pk__gt=after)
    names = {field.name for field in model._meta.get_fields()}
    read_whole = model not in DERIVED and "sha256" in names
    columns = ["pk", stored_files.COLUMN, "size", *(["sha256"] if read_whole else [])]
    return [_named(*row) for row in rows.values_list(*columns)[:BATCH]]


def _named(position: Any, key: str, size: int | None, sha256: str = "") -> _Named:
    return _Named(str(position), key, size, sha256)


def _look_at(check: StorageCheck, row: _Named, stored: Listing) -> StorageFinding | None:
    size = stored.size(row.key)
    if size is None or (row.size is not None and size != row.size):
        now = storage.stat(row.key)  # it may have been written since
        size = now.size if now else None
    if size is None:
        problem = Problem.MISSING
    elif row.size is not None and size != row.size:
        problem = Problem.ALTERED
    elif row.sha256 and (found := _digest(check, row.key)) != row.sha256:
        problem = Problem.ALTERED if found else Problem.MISSING
    else:
        return None
    return StorageFinding(
        check_run=check,
        brand_id=_brand_of(row.key),
        key=row.key,
        problem=problem,
        size=row.size,
        found_size=size,
    )


def _digest(check: StorageCheck, key: str) -> str:
    """Empty where there are no bytes."""

    def count(size: int) -> None:
        check.bytes += size

    try:
        return digest(key, each=count)
    except FileNotFoundError:
        return ""


def _count_orphans(check: StorageCheck, stored: Listing) -> None:
    """Those that the sweep takes by now. A younger file may be waiting for its row."""
    before = check.started_at - cleanup.ABANDONED
    while batch := stored.older(before, after=check.position, most=BATCH):
        check.orphaned += len(stored_files.unnamed(batch))
        _remember(check, batch[-1])


def _remember(check: StorageCheck, position: str) -> None:
    check.position = position
    check.save(update_fields=["position", "files", "bytes", "orphaned"])


def _leave_behind(check: StorageCheck, part: str) -> None:
    check.done, check.position = [*check.done, part], ""
    check.save(update_fields=["done", "position"])


def _brand_of(key: str) -> int | None:
    first = key.partition("/")[0]
    return int(first) if first.isascii() and first.isdecimal() else None
