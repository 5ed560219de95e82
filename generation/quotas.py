"""Machine time that a brand's takes use in a month, and how much of it there may be.

Counted when a worker lets go of a take, however it ended, in a row of its own for each person and month: what
is deleted later has been used all the same. A month begins and ends where the brand is.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Sum
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.models import Brand, User
from dam.core import errors
from generation.models import GenerationJob, MachineTime


class QuotaUsed(errors.Refused):
    """The brand's takes, or this person's, have used as much machine time as they may in a month."""

    code = "quota_used"

    def __init__(self, standing: "Standing") -> None:
        used = (
            _("You have used your %(limit)s of machine time for this month.")
            if standing.own
            else _("This brand has used its %(limit)s of machine time for this month.")
        )
        more = _("There will be more on %(day)s. Someone who manages the brand can allow more now.")
        said = {
            "limit": in_words(standing.limit_seconds),
            "day": formats.date_format(standing.renews, "DATE_FORMAT"),
        }
        super().__init__(f"{used} {more}" % said)


@dataclass(frozen=True)
class Standing:
    """How much of a limit is used."""

    own: bool  # the person's own limit, not the brand's
    used_seconds: float
    limit_seconds: float
    renews: date

    @property
    def is_used(self) -> bool:
        return self.used_seconds >= self.limit_seconds

    def __str__(self) -> str:
        said = {"used": in_words(self.used_seconds), "limit": in_words(self.limit_seconds)}
        if self.own:
            return _("You have used %(used)s of your %(limit)s of machine time this month.") % said
        return _("This brand has used %(used)s of its %(limit)s of machine time this month.") % said


@dataclass(frozen=True)
class Used:
    """What takes used in a month: one person's, or everybody's."""

    seconds: float
    takes: int
    person: User | None = None

    @property
    def time(self) -> str:
        return in_words(self.seconds)


def charge(job: GenerationJob, *, made: bool, until: datetime) -> None:
    """Count what a worker has spent on a take by then; `made` where it came to a clip."""
    if job.started_at is None:
        return
    seconds = max(0.0, (until - job.started_at).total_seconds())
    # Of two at once one makes the row, and both count into it.
    row, _made = MachineTime.objects.get_or_create(
        brand_id=job.brand_id, user_id=job.requested_by_id, month=_month(job.brand, until)
    )
    MachineTime.objects.filter(pk=row.pk).update(
        seconds=F("seconds") + seconds, takes=F("takes") + (1 if made else 0)
    )


def require(brand: Brand, person: User, *, at: datetime | None = None) -> None:
    """Raises QuotaUsed where a further take would go beyond a limit that is used up."""
    for standing in standings(brand, person, at=at):
        if standing.is_used:
            raise QuotaUsed(standing)


def refusal(brand: Brand, person: User, *, at: datetime | None = None) -> str:
    """Why nothing more is asked for now; empty where something may be."""
    try:
        require(brand, person, at=at)
    except QuotaUsed as used:
        return used.message
    return ""


def standings(brand: Brand, person: User, *, at: datetime | None = None) -> list[Standing]:
    """Of the limits that the brand has, its own first; no query where it has none."""
    if brand.take_minutes is None and brand.person_take_minutes is None:
        return []
    at = at or timezone.now()
    month = _month(brand, at)
    rows = MachineTime.objects.filter(brand=brand, month=month)
    found = []
    if brand.take_minutes is not None:
        used = rows.aggregate(all=Sum("seconds"))["all"] or 0.0
        found.append(Standing(False, used, 60.0 * brand.take_minutes, _next(month)))
    if brand.person_take_minutes is not None:
        used = rows.filter(user=person).aggregate(all=Sum("seconds"))["all"] or 0.0
        found.append(Standing(True, used, 60.0 * brand.person_take_minutes, _next(month)))
    return found


def nearest(brand: Brand, person: User, *, at: datetime | None = None) -> Standing | None:
    """The limit that is used up the furthest; None where there is none."""
    found = standings(brand, person, at=at)
    return max(found, key=lambda each: each.used_seconds / max(1.0, each.limit_seconds), default=None)


def by_person(brand: Brand, *, at: datetime, most: int) -> list[Used]:
    """Whose takes used the most this month, that one first."""
    rows = MachineTime.objects.filter(brand=brand, month=_month(brand, at)).select_related("user")
    return [Used(row.seconds, row.takes, row.user) for row in rows.order_by("-seconds", "pk")[:most]]


def total(brand: Brand, *, at: datetime) -> Used | None:
    """None where nothing was used this month."""
    rows = MachineTime.objects.filter(brand=brand, month=_month(brand, at))
    found = rows.aggregate(seconds=Sum("seconds"), takes=Sum("takes"))
    return Used(found["seconds"], found["takes"]) if found["seconds"] is not None else None


def in_words(seconds: float) -> str:
    """ "40 s", "12 min", "3 h 20 min"."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return _("%(seconds)s s") % {"seconds": round(seconds)}
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    hours, rest = divmod(minutes, 60)
    if rest:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    return _("%(hours)s h") % {"hours": hours}


def _month(brand: Brand, at: datetime) -> date:
    """The first day of the month that it is where the brand is."""
    return times.today_in(times.of_brand(brand), at=at).replace(day=1)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
