"""Memberships that a provider or a directory gives, changes and ends.

It touches no other: whoever was let in by hand keeps what they were given, until a rule names them. One that
was deactivated by hand stays so, whatever the groups say.
"""

import logging

from django.db import transaction
from django.utils import timezone

from dam.access import ending
from dam.accounts import members, roles
from dam.accounts.capabilities import ADMINISTRATIVE, Role, of_role
from dam.accounts.models import Brand, Membership, User
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.sso.models import GivenMembership
from dam.sso.providers import OF_DIRECTORY

log = logging.getLogger(__name__)

# Of several roles that somebody's groups give the first counts.
ORDER = (
    Role.ADMIN,
    Role.LIBRARIAN,
    Role.LEGAL_REVIEWER,
    Role.BRAND_REVIEWER,
    Role.CREATOR,
    Role.VIEWER,
)


def give(user: User, brand: Brand, *, role: str, source: str, by: User | None = None) -> bool:
    """Let the person into the brand with this role. False where an administrator has deactivated them there.

    `by` is the person themselves where they sign in, None for a directory.
    """
    with trail.recording():
        members.hold_people([brand.pk])
        kept = Membership.everyone.select_for_update().filter(user=user, brand=brand).first()
        mark = GivenMembership.objects.filter(user=user, brand=brand).first()
        if kept is not None and kept.deactivated_at and (mark is None or mark.ended_at is None):
            return False
        if mark is not None and mark.source == OF_DIRECTORY != source:
            return kept is not None and kept.is_active  # a directory decides alone on whom it knows
        try:
            given = roles.named(brand, role)
        except roles.UnknownRole:
            log.warning("The rules give the role %r in %s, which is gone.", role, brand.slug)
            return False
        before = roles.key(kept.given) if kept is not None and kept.is_active else None
        GivenMembership.objects.update_or_create(
            user=user, brand=brand, defaults={"source": source, "ended_at": None}
        )
        if before == role:
            return True
        try:
            with transaction.atomic():
                Membership.everyone.update_or_create(
                    user=user, brand=brand, defaults={**roles.columns(given), "deactivated_at": None}
                )
                if before and kept is not None and _runs_it(kept):
                    members.require_administrator(brand)
        except members.LastAdministrator:
            log.warning("User %s stays an administrator of %s: it would have none.", user.pk, brand.slug)
            return True
        verb = Verb.COMPANY_ROLE_CHANGED if before else Verb.COMPANY_JOINED
        data = {"user": user.pk, "role": [before or "", role], "source": source}
        trail.record(verb, brand=brand, about=user, actor=by, data=data)
    return True


def end(user: User, brand: Brand, *, source: str, by: User | None = None) -> bool:
    """End what the source has given, or whatever there is where a directory says so; it may give it again.

    False where there is nothing, or where the brand's last administrator would go.
    """
    with trail.recording():
        members.hold_people([brand.pk])
        mark = GivenMembership.objects.select_for_update().filter(user=user, brand=brand).first()
        kept = Membership.objects.select_for_update().filter(user=user, brand=brand).first()
        if kept is None or (source != OF_DIRECTORY and (mark is None or mark.source != source)):
            return False
        now = timezone.now()
        try:
            with trail.recording():
                # To nobody by name: who is next isn't the provider's to say. Whoever has the role is asked.
                ended = ending.end(kept, by=None, at=now)
                if _runs_it(kept):
                    members.require_administrator(brand)
        except members.LastAdministrator:
            log.warning("User %s stays in %s: it would have no administrator.", user.pk, brand.slug)
            return False
        GivenMembership.objects.update_or_create(
            user=user, brand=brand, defaults={"source": source, "ended_at": now}
        )
        data = {"user": user.pk, "role": [roles.key(kept.given), ""], "source": source, **ended}
        trail.record(Verb.COMPANY_ENDED, brand=brand, about=user, actor=by, data=data)
    return True


def _runs_it(membership: Membership) -> bool:
    return bool(of_role(membership.given) & ADMINISTRATIVE)
