"""Other statements of rights for many clips in one go; what one can't take is said of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.catalog import assets
from dam.catalog.models import Asset, Version
from dam.core.errors import Refused
from dam.rights import statements
from dam.rights.models import RightsRecord
from dam.rights.statements import LONGEST, Statements, StatementsRefused

Make = Callable[[Asset, Statements], Statements]


@dataclass(frozen=True)
class Restated:
    """What was stated of each clip that changed, and what is now; why others can't have it."""

    statements: Mapping[UUID, tuple[Statements, Statements]] = field(default_factory=dict)
    refused: Mapping[UUID, str] = field(default_factory=dict)


def rewrite(
    chosen: Collection[Asset], new: Make, *, by: Principal, noted: Mapping[str, Any] | None = None
) -> Restated:
    """State of each clip's newest version what `new` makes of what there is, in a fixed number of queries.

    `new` is asked once the clips and versions are locked, and may raise Refused. Once a review counts on a
    version those alone who decide on terms change it. `noted` stands in each event. Raises PermissionDenied.
    """
    if not by.can(Capability.DECIDE_LEGAL):
        by.require(Capability.EDIT)
    with trail.recording():
        locked = assets.lock(chosen)
        newest = _locked(locked)
        came: dict[UUID, tuple[Statements, Statements]] = {}
        refused: dict[UUID, str] = {}
        for asset in locked:
            try:
                before, after = _asked(asset, newest.get(asset.latest_id), new, by=by)
            except Refused as refusal:
                refused[asset.pk] = refusal.message
            else:
                if before != after:
                    came[asset.pk] = before, after
        changed = [each for each in locked if each.pk in came]
        _write({newest[each.latest_id]: came[each.pk][1] for each in changed})
        trail.record_many(
            PendingEvent(
                Verb.ASSET_EDITED,
                brand=asset.brand,
                target=asset.title,
                actor=by,
                asset_id=asset.pk,
                data={
                    **statements.differences(*came[asset.pk]),
                    "version": str(asset.latest_id),
                    **(noted or {}),
                },
            )
            for asset in changed
        )
        assets.publish(changed)
    return Restated(came, refused)


def of(chosen: Collection[Asset]) -> dict[UUID, tuple[Version, Statements]]:
    """The newest version of each clip, and what is stated of it. One query."""
    rows = Version.objects.filter(pk__in=[each.latest_id for each in chosen if each.latest_id])
    return {each.asset_id: (each, statements.of(each)) for each in rows.select_related("rights")}


def _locked(chosen: Collection[Asset]) -> dict[UUID | None, Version]:
    keys = sorted(each.latest_id for each in chosen if each.latest_id)
    rows = Version.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    return {each.pk: each for each in rows.select_related("rights").order_by("pk")}


def _asked(
    asset: Asset, version: Version | None, new: Make, *, by: Principal
) -> tuple[Statements, Statements]:
    if version is None:
        raise StatementsRefused(_("This version is no longer there."), code="gone")
    before = statements.of(version)
    after = statements.clean(new(asset, before))
    if after != before:
        statements.require(version, by=by)
    return before, after


def _write(wanted: Mapping[Version, Statements]) -> None:
    at = timezone.now()
    RightsRecord.objects.bulk_create(
        [RightsRecord(version=version, updated_at=at, **asdict(after)) for version, after in wanted.items()],
        update_conflicts=True,
        unique_fields=["version"],
        update_fields=[*LONGEST, "updated_at"],
    )
