"""Who is away, from when until when, and who stands in for them meanwhile.

A deputy is shown and told what comes to the person who is away, and decides reviews that name that person in
their place (provenance.review.asking): with a role of their own that decides such a stage, never on their own
work, and without handing it on. The decision says for whom it was made.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.core import errors, events
from dam.rights import visibility
from provenance.review import asking, assigning, away, queue
from provenance.review.models import Absence, Comment, Review

LONGEST = timedelta(days=366)
AT_ONCE = 500


class AbsenceRefused(errors.Refused):
    """It can't be kept as it was asked; the message says why."""

    code = "absence"


def of(principal: Principal) -> Absence | None:
    """This person's own, planned or under way."""
    if principal.user is None:
        return None
    rows = _standing(principal.brand, timezone.now()).filter(person=principal.user)
    return rows.select_related("deputy", "brand").first()


def now_for(principal: Principal, *, at: datetime | None = None) -> list[Absence]:
    """The people whom this one stands in for at this moment, while they could see what comes to them."""
    if principal.user is None or not principal.can(Capability.VIEW_UNRELEASED):
        return []
    rows = _now(principal.brand, at or timezone.now()).filter(deputy=principal.user)
    return list(rows.select_related("person", "brand").order_by("until_at", "pk"))


def deputies(brand: Brand, *, at: datetime | None = None) -> Mapping[int, int]:
    """Who stands in for whom at this moment, as keys: of who is away, of their deputy. One query."""
    return dict(_now(brand, at or timezone.now()).values_list("person_id", "deputy_id"))


def people(brand: Brand, *, without: User) -> QuerySet[User]:
    """Who can stand in for somebody: who comments and sees drafts."""
    return assigning.people(brand).exclude(pk=without.pk)


def plan(
    *, by: Principal, deputy: User, from_at: datetime, until_at: datetime, at: datetime | None = None
) -> Absence:
    """Say that a person is away, in the place of what they said before. Raises AbsenceRefused."""
    by.require(Capability.VIEW_UNRELEASED, brand=by.brand)
    person, brand, at = principals.person(by), by.brand, at or timezone.now()
    _refuse(person, brand, deputy=deputy, from_at=from_at, until_at=until_at, at=at)
    try:
        with trail.recording():
            before = Absence.objects.select_for_update().filter(brand=brand, person=person, ended_at=None)
            was = [row.deputy_id for row in before]
            before.update(ended_at=at)
            absence = Absence.objects.create(
                brand=brand,
                person=person,
                deputy=deputy,
                from_at=from_at,
                until_at=until_at,
                created_at=at,
            )
            trail.record_many([_event(Verb.ABSENCE_PLANNED, absence, by=by, at=at)])
            _tell(brand, {person.pk, deputy.pk, *was})
    except IntegrityError:  # in another window at the same moment
        raise AbsenceRefused(_("Someone else just changed this. Reload the page and try again.")) from None
    return absence


def _refuse(
    person: User, brand: Brand, *, deputy: User, from_at: datetime, until_at: datetime, at: datetime
) -> None:
    if until_at <= from_at:
        raise AbsenceRefused(_("The last day is before the first."))
    if until_at <= at:
        raise AbsenceRefused(_("This date has passed. Choose today or a later date."))
    if until_at - from_at > LONGEST:
        raise AbsenceRefused(_("An absence can be up to a year long."))
    if not people(brand, without=person).filter(pk=deputy.pk).exists():
        raise AbsenceRefused(_("This person can't see clips in review. Choose someone else."))
    absent = Absence.objects.filter(brand=brand, person=deputy, ended_at=None)
    if absent.filter(from_at__lt=until_at, until_at__gt=from_at).exists():
        raise AbsenceRefused(_("This person is away then, too. Choose someone else."))


def end(*, by: Principal, at: datetime | None = None) -> bool:
    """A person is back, or won't be away after all; whether anything was there to end."""
    person, at = principals.person(by), at or timezone.now()
    with trail.recording():
        rows = Absence.objects.select_for_update(of=("self",)).select_related("brand", "deputy", "person")
        absence = rows.filter(brand=by.brand, person=person, ended_at=None).first()
        if absence is None:
            return False
        Absence.objects.filter(pk=absence.pk).update(ended_at=at)
        trail.record_many([_event(Verb.ABSENCE_ENDED, absence, by=by, at=at)])
        _tell(by.brand, {absence.person_id, absence.deputy_id})
    return True


def finish(*, at: datetime | None = None) -> int:
    """Leave an event of those that are over, once each; how many. They end at their time without it."""
    at = at or timezone.now()
    with trail.recording():
        rows = Absence.objects.select_for_update(skip_locked=True, of=("self",))
        over = list(
            rows.filter(ended_at=None, until_at__lte=at)
            .select_related("brand", "person", "deputy")
            .order_by("pk")[:AT_ONCE]
        )
        Absence.objects.filter(pk__in=[each.pk for each in over]).update(ended_at=at)
        trail.record_many([_event(Verb.ABSENCE_OVER, each, by=None, at=at) for each in over])
        for each in over:
            _tell(each.brand, {each.person_id, each.deputy_id})
    return len(over)


def comments_for(principal: Principal, absent: list[Absence]) -> QuerySet[Comment]:
    """Unresolved remarks that people who are away are to see to, on what their deputy sees."""
    if not absent or not principal.can(Capability.COMMENT):
        return Comment.objects.none()
    rows = Comment.objects.filter(
        assigned_to__in=[each.person_id for each in absent],
        version__in=visibility.visible_versions(principal),
    )
    return rows.filter(resolved_at=None, deleted_at=None).order_by(assigning.SOONEST_FIRST, "pk")


def reviews_for(
    principal: Principal, absent: list[Absence], *, at: datetime | None = None
) -> QuerySet[Review]:
    """Open reviews that name people who are away, of stages that their deputy's own role decides.

    Without the deputy's own work.
    """
    if not absent:
        return Review.objects.none()
    people_away = [each.person_id for each in absent]
    named = asking.naming(people_away, principal.brand, at=at or timezone.now())
    return queue.decidable_by(principal).filter(named)


def still_able(absence: Absence) -> bool:
    """Whether the deputy may still see what comes to who is away."""
    return people(absence.brand, without=absence.person).filter(pk=absence.deputy_id).exists()


def _standing(brand: Brand, at: datetime) -> QuerySet[Absence]:
    return Absence.objects.filter(brand=brand, ended_at=None, until_at__gt=at)


def _now(brand: Brand, at: datetime) -> QuerySet[Absence]:
    return away.now(at).filter(brand=brand)


def _event(verb: Verb, absence: Absence, *, by: Principal | None, at: datetime) -> PendingEvent:
    """It names both by their keys alone: what is recorded is for ever."""
    data = {
        "absent": absence.person_id,
        "deputy": absence.deputy_id,
        "from": absence.from_at.isoformat(),
        "until": absence.until_at.isoformat(),
    }
    return PendingEvent(verb, absence.brand, "", by, None, data, at, absence.deputy)


def _tell(brand: Brand, people: set[int]) -> None:
    """Tell the pages that are open: their lists of reviews."""
    events.publish(brand_id=brand.pk, name="reviews")
    for person in sorted(people):
        events.publish(brand_id=brand.pk, name=f"notifications-{person}")
