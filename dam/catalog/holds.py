"""Legal hold: while it stands, nobody and nothing deletes the clip or what belongs to it.

That is its versions, renditions, captions, rights, reviews, comments and releases, and so their files; events
are never deleted anyway. Triggers of the database refuse it, whoever asks (migrations named legal_hold, here
and in provenance). What asks here first does so for the sentence.
"""

from collections.abc import Collection, Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.catalog.models import Asset
from dam.core import errors, events, foreign_text

LONGEST_REASON = 500


class HoldRefused(errors.Refused):
    """The hold can't be placed or lifted like this."""

    code = "hold_refused"


def place(asset: Asset, *, by: Principal, reason: str) -> bool:
    """Put the asset under legal hold; False where it is already, which changes nothing.

    Raises HoldRefused, PermissionDenied.
    """
    by.require(Capability.HOLD, brand=asset.brand)
    reason = _clean(reason)
    with trail.recording():
        locked = _locked(asset)
        _require_open(locked.brand_id)
        if locked.held_at is not None:
            return False
        _write([locked], held_at=timezone.now(), held_by=by.user, hold_reason=reason)
        _tell([locked], Verb.ASSET_HELD, by, reason)
    return True


def place_many(chosen: Collection[Asset], *, by: Principal, reason: str) -> list[Asset]:
    """Put assets of the principal's brand under legal hold; those that weren't before, which are all or none.

    What was deleted meanwhile is left out. Raises HoldRefused, PermissionDenied.
    """
    for asset in chosen:
        by.require(Capability.HOLD, brand=asset.brand)
    reason = _clean(reason)
    with trail.recording():
        rows = Asset.objects.select_for_update(no_key=True, of=("self",)).select_related("brand")
        rows = rows.filter(pk__in=[asset.pk for asset in chosen], brand=by.brand)
        locked = list(rows.order_by("pk"))  # in one order: two who hold the same clips queue up
        _require_open(by.brand.pk)
        placed = [asset for asset in locked if asset.held_at is None]
        _write(placed, held_at=timezone.now(), held_by=by.user, hold_reason=reason)
        _tell(placed, Verb.ASSET_HELD, by, reason)
    return placed


def lift(asset: Asset, *, by: Principal, reason: str) -> bool:
    """End the hold; False where none stands. Raises HoldRefused, PermissionDenied."""
    by.require(Capability.HOLD, brand=asset.brand)
    reason = _clean(reason)
    with trail.recording():
        locked = _locked(asset)
        if locked.held_at is None:
            return False
        _write([locked], held_at=None, held_by=None, hold_reason="")
        _tell([locked], Verb.ASSET_HOLD_LIFTED, by, reason)
    return True


def is_by(asset: Asset, by: Principal) -> bool:
    """Whether the hold that stands now is one that they placed."""
    return Asset.objects.filter(pk=asset.pk, held_by=by.user, held_at__isnull=False).exists()


def standing(brand: Brand) -> int:
    """How many of the brand's clips are under legal hold."""
    return Asset.objects.filter(brand=brand, held_at__isnull=False).count()


def _require_open(brand_id: int) -> None:
    """A brand that is being closed either sees the hold, or is closed before it is placed."""
    brand = Brand.objects.select_for_update(no_key=True).get(pk=brand_id)
    if brand.closed_at is not None:
        raise HoldRefused(_("This brand is scheduled for deletion. Open it again to place a legal hold."))


def _locked(asset: Asset) -> Asset:
    row = Asset.objects.select_for_update(no_key=True).filter(pk=asset.pk).first()
    if row is None:
        raise HoldRefused(_("This clip has been deleted."))
    return row


def _clean(reason: str) -> str:
    reason = " ".join(foreign_text.neutral(reason).split())
    if not reason:
        raise HoldRefused(_("Enter a reason. It's kept in the activity log."))
    if len(reason) > LONGEST_REASON:
        raise HoldRefused(
            _("A reason has at most %(longest)s characters; this one has %(count)s.")
            % {"longest": LONGEST_REASON, "count": len(reason)}
        )
    return reason


def _write(changed: Iterable[Asset], **fields: object) -> None:
    Asset.objects.filter(pk__in=[asset.pk for asset in changed]).update(**fields)


def _tell(changed: Collection[Asset], verb: Verb, by: Principal, reason: str) -> None:
    trail.record_many(
        PendingEvent(
            verb,
            brand=asset.brand,
            target=asset.title,
            actor=by,
            asset_id=asset.pk,
            data={"reason": reason},
        )
        for asset in changed
    )
    # Those who see released work alone aren't told of holds.
    for brand_id in {asset.brand_id for asset in changed}:
        events.publish(brand_id=brand_id, name="library", to_all=False)
    for asset in changed:
        for version_id in {asset.latest_id, asset.released_id} - {None}:
            events.publish(brand_id=asset.brand_id, name=f"version-{version_id}", to_all=False)
