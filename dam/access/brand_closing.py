"""Deleting a brand: it is closed at once, which can be undone for GRACE; then a worker removes what it had.

The row of the brand, the chain of its events and its ledger of decisions stay, so that both can be checked.
"""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.access import brand_tables
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import holds, stored_files
from dam.core import errors, storage

GRACE = timedelta(days=30)
BATCH = 500  # rows, or files, that go at once


class ClosingRefused(errors.Refused):
    """The brand can't be closed or opened again like this."""

    code = "closing_refused"


def close(brand: Brand, *, by: Principal, typed: str, at: datetime | None = None) -> None:
    """Serve nothing of it from now on, and have it deleted after GRACE.

    Raises ClosingRefused, PermissionDenied.
    """
    at = at or timezone.now()
    _require(brand, by)
    if typed.strip() != brand.name:
        raise ClosingRefused(_("Type the brand's name exactly as it is written here."))
    with trail.recording():
        changed = Brand.objects.filter(pk=brand.pk, closed_at=None)
        if not changed.update(closed_at=at, delete_at=at + GRACE):
            raise ClosingRefused(_("This brand is closed already."))
        _require_no_holds(brand)  # a hold waits for the row of the brand, and then finds it closed
        data = {"delete_at": (at + GRACE).isoformat()}
        trail.record(Verb.BRAND_CLOSED, brand=brand, target=brand.name, actor=by, data=data, at=at)
    brand.refresh_from_db(fields=["closed_at", "delete_at"])


def reopen(brand: Brand, *, by: Principal, at: datetime | None = None) -> None:
    """Undo that, as long as nothing was deleted. Raises ClosingRefused, PermissionDenied."""
    at = at or timezone.now()
    _require(brand, by)
    with trail.recording():
        closed = Brand.objects.filter(pk=brand.pk, closed_at__isnull=False, delete_at__gt=at)
        if not closed.update(closed_at=None, delete_at=None):
            raise ClosingRefused(
                _("This brand can't be opened again: it isn't closed, or its time has passed.")
            )
        trail.record(Verb.BRAND_REOPENED, brand=brand, target=brand.name, actor=by, at=at)
    brand.refresh_from_db(fields=["closed_at", "delete_at"])


def due(*, at: datetime) -> QuerySet[Brand]:
    """Closed brands whose time has passed and that still have something."""
    return Brand.objects.filter(delete_at__lte=at, deleted_at=None)


def remove(brand: Brand, *, at: datetime | None = None) -> int:
    """Delete every row and file of a brand whose time has passed, batch by batch; how many rows.

    What dies in between is gone on with by the next call. Raises ClosingRefused for any other brand.
    """
    at = at or timezone.now()
    if not due(at=at).filter(pk=brand.pk).exists():
        raise ClosingRefused(_("%(brand)s is not to be deleted.") % {"brand": brand})
    _require_no_holds(brand)
    count = 0
    for model in brand_tables.in_order():
        batch = None if brand_tables.refers_to_itself(model) else BATCH  # else some would miss their row
        while keys := list(brand_tables.rows(model, brand).values_list("pk", flat=True)[:batch]):
            for other, name in brand_tables.emptied_first(model):
                other._base_manager.filter(**{f"{name}__in": keys}).update(**{name: None})
            chosen = model._base_manager.filter(pk__in=keys)
            count += chosen._raw_delete(chosen.db)
    for folder in (str(brand.pk), stored_files.aside(str(brand.pk))):
        for entry in storage.entries(folder):
            storage.delete(entry.key)
    with trail.recording():
        done = due(at=at).filter(pk=brand.pk)
        left = {
            "slug": f"deleted-{brand.pk}",
            "name": _("Deleted brand"),
            "allowed_domains": [],
            "logos": {},
        }
        if done.update(deleted_at=at, **left):
            trail.record(Verb.BRAND_DELETED, brand=brand, target=str(brand.pk), data={"rows": count}, at=at)
    return count


def _require_no_holds(brand: Brand) -> None:
    if count := holds.standing(brand):
        raise ClosingRefused(
            ngettext(
                "%(count)d clip is under legal hold. Lift the hold before deleting the brand.",
                "%(count)d clips are under legal hold. Lift the holds before deleting the brand.",
                count,
            )
            % {"count": count}
        )


def _require(brand: Brand, by: Principal) -> None:
    """A person who runs the brand, or the installation; no program."""
    if not isinstance(by, Member):
        raise PermissionDenied(_("Sign in to delete a brand."))
    if not by.runs_installation:
        by.require(Capability.MANAGE_BRAND, brand=brand)
