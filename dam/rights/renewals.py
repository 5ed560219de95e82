"""Asking that a clearance be renewed: noted with the clip until its end changes or it is withdrawn.

Nothing closes a request when the terms change: it names the end it was made of, and is open while that is the
clip's end (RightsEnd), whoever changed it and wherever it came from.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets
from dam.catalog.models import Asset, Version
from dam.core import errors
from dam.core.text import storable
from dam.rights import ending
from dam.rights.ending import Wanted
from dam.rights.models import RenewalRequest

LONGEST = 1000  # characters of a message


class RenewalRefused(errors.Refused):
    """`no_end`, `already`, `too_long`, `gone` or `not_yours`."""

    code = "renewal_refused"


def may_ask(by: Principal) -> bool:
    """People: what a program or a guest wishes, somebody of the brand asks for."""
    return isinstance(by, Member) and by.can(Capability.VIEW)


def may_withdraw(request: RenewalRequest, *, by: Principal) -> bool:
    """Who asked, and those who decide on terms."""
    if not isinstance(by, Member):
        return False
    return request.asked_by_id == by.user.pk or by.can(Capability.DECIDE_LEGAL)


def ask(version: Version, *, message: str, by: Principal) -> RenewalRequest:
    """Note it, and tell those who decide on terms. Raises RenewalRefused, PermissionDenied.

    A version that they don't see among what ends has none for them.
    """
    _require_person(version, by)
    message = storable(message).strip().replace("\r\n", "\n")
    if len(message) > LONGEST:
        raise RenewalRefused(
            _("A message can have %(most)s characters at most.") % {"most": LONGEST}, code="too_long"
        )
    with trail.recording():
        locked = assets.lock([version.asset])
        end = ending.seen(by, Wanted()).filter(version=version).first()
        if not locked or end is None:
            raise RenewalRefused(_("This clip has no clearance that ends."), code="no_end")
        try:
            with transaction.atomic():
                made = RenewalRequest.objects.create(
                    brand=version.brand,
                    version=version,
                    ends_at=end.ends_at,
                    message=message,
                    asked_by=by.user,
                )
        except IntegrityError:
            raise RenewalRefused(_("A renewal was asked for already."), code="already") from None
        _record(Verb.RENEWAL_ASKED, made, locked[0], by=by)
    return made


def withdraw(version: Version, request_id: int, *, by: Principal) -> RenewalRequest:
    """It is no longer wished for. Raises RenewalRefused, PermissionDenied."""
    _require_person(version, by)
    with trail.recording():
        locked = assets.lock([version.asset])
        found = of([version.pk]).get(version.pk)
        if not locked or found is None or found.pk != request_id:
            raise RenewalRefused(_("This request isn't open any more."), code="gone")
        if not may_withdraw(found, by=by):
            raise RenewalRefused(
                _("Only the person who asked, or a legal reviewer, can withdraw this."), code="not_yours"
            )
        changed = RenewalRequest.objects.filter(pk=found.pk, withdrawn_at=None)
        changed.update(withdrawn_at=timezone.now(), withdrawn_by=by.user)
        _record(Verb.RENEWAL_WITHDRAWN, found, locked[0], by=by)
    return found


def of(versions: Collection[UUID]) -> dict[UUID, RenewalRequest]:
    """The open request of each of these versions that has one, in one query."""
    if not versions:
        return {}
    rows = _open().filter(version__in=versions).select_related("asked_by")
    return {each.version_id: each for each in rows}


def _open() -> QuerySet[RenewalRequest]:
    return RenewalRequest.objects.filter(withdrawn_at=None, ends_at=F("version__rights_end__ends_at"))


def _record(verb: Verb, request: RenewalRequest, asset: Asset, *, by: Principal) -> None:
    trail.record(
        verb,
        brand=asset.brand,
        target=asset.title,
        actor=by,
        asset_id=asset.pk,
        data={"version": str(request.version_id), "valid_until": request.ends_at.isoformat()},
    )
    assets.publish([asset])


def _require_person(version: Version, by: Principal) -> None:
    by.require(Capability.VIEW, brand=version.brand)
    if not may_ask(by):
        by.require(Capability.DECIDE_LEGAL)  # no program and no guest has it
