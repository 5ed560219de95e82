"""The first day of use of an approved version, moved or lifted afterwards by a legal reviewer.

An approval says from when a version may be used; campaigns slip. What is decided here stands with the
version's terms (RightsRecord.embargo_until), in the ledger as an entry of its own, and in the activity log.
The file that is signed goes on saying what was approved; whoever asks is told what stands today.
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets, versions
from dam.catalog.models import Approval, Version
from dam.core import errors, foreign_text
from dam.rights import terms
from dam.rights.models import RightsRecord
from dam.rights.visibility import visible_versions
from provenance.review import decision_events, ledger
from provenance.review.models import Review
from provenance.review.states import ReviewState

LONGEST_REASON = 1_000  # characters


class EmbargoRefused(errors.Refused):
    """`gone`, `not_approved`, `own`, `changed`, `reason`, `no_time` or `same`."""

    code = "embargo"


def token(version: Version) -> str:
    """Changes with whatever is decided. Reads `version.rights`."""
    return terms.written(terms.first_day(version)) or ""


def ahead(version: Version, *, at: datetime) -> datetime | None:
    """From when it may be used, as long as that is to come. Reads `version.rights`."""
    until = terms.first_day(version)
    return until if until is not None and until > at else None


def change(
    version: Version,
    until: datetime | None,
    *,
    reason: str,
    seen: str,
    by: Principal,
    at: datetime | None = None,
    noted: Mapping[str, object] | None = None,
) -> None:
    """Nobody uses it before `until`; with None, or a moment that has passed, it may be used at once.

    `seen` is the `token` of what stood there; `noted` stands in the event.
    Raises EmbargoRefused, PermissionDenied.
    """
    at = at or timezone.now()
    until = until if until is not None and until > at else None
    reason = clean_reason(reason)
    with trail.recording():
        now = _locked(version, by=by)
        before = ahead(now, at=at)
        if token(now) != seen:
            raise EmbargoRefused(
                _("Someone else changed this while you were editing. Compare, and save again."),
                code="changed",
            )
        require(now, until, by=by, at=at)
        row = now.rights
        RightsRecord.objects.filter(pk=row.pk).update(embargo_until=until, updated_at=at)
        review = Review.objects.filter(version=now, state=ReviewState.APPROVED).latest("submitted_at")
        review.version = now
        record = ledger.of_embargo(review, by=by, until=until, before=before, reason=reason, at=at)
        trail.record(
            Verb.RELEASE_EMBARGO_CHANGED,
            brand=now.brand,
            target=now.asset.title,
            actor=by,
            asset_id=now.asset_id,
            data={
                "version": str(now.pk),
                "embargo_until": until and until.isoformat(),
                "before": before and before.isoformat(),
                "reason": reason,
                **decision_events.of_entry(ledger.append(review, record)),
                **(noted or {}),
            },
            at=at,
        )
        assets.publish([now.asset])


def clean_reason(reason: str) -> str:
    """Raises EmbargoRefused."""
    reason = foreign_text.neutral(reason).strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise EmbargoRefused(
            _("Enter a reason of at most %(most)s characters.") % {"most": LONGEST_REASON}, code="reason"
        )
    return reason


def require(version: Version, until: datetime | None, *, by: Principal, at: datetime) -> None:
    """What is asked before a version's first day becomes this one. Reads `version.rights`.

    Raises EmbargoRefused.
    """
    row = getattr(version, "rights", None)
    if row is None or version.approval != Approval.APPROVED:
        raise EmbargoRefused(_("The first day of use is part of an approval."), code="not_approved")
    if by.user is not None and by.user.pk == version.created_by_id:
        raise EmbargoRefused(_("You made this version. Another legal reviewer decides about it."), code="own")
    until = until if until is not None and until > at else None
    if until == ahead(version, at=at):
        raise EmbargoRefused(_("That is the first day of use already."), code="same")
    if until is not None and row.valid_until is not None and until >= row.valid_until:
        raise EmbargoRefused(_("The last day of use comes before the first one."), code="no_time")


def _locked(version: Version, *, by: Principal) -> Version:
    by.require(Capability.DECIDE_LEGAL, brand=version.brand)
    visible = visible_versions(by).filter(pk=version.pk)
    if visible.exists():
        versions.locked(version.pk)
    now = visible.select_related("asset__brand", "brand", "rights").first()
    if now is None:
        raise EmbargoRefused(_("This version is no longer there."), code="gone")
    return now
