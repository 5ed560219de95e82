"""What alerts of saved searches found: one notification for each search, until it was read or mailed.

Alerts stand above (dam.search.saved). They say what they found for whom in the transaction that keeps it, and
what of it was read in their own list.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.notifications import choices, following, kinds
from dam.notifications.choices import Choice
from dam.notifications.hours import Hours
from dam.notifications.kinds import Mail
from dam.notifications.models import Notification

KIND = kinds.KINDS["new_in_search"]
MOST = 200  # clips of one notification: all are kept by id, so what it counts is what its reader may see
MAILED_EVERY = timedelta(hours=1)  # of one search at most, for those who want mail at once


@dataclass(frozen=True)
class Finds:
    """New clips of one alert, the newest first."""

    alert: int
    reader: Member
    assets: Sequence[UUID]


def wanted(brand: Brand, readers: Collection[Member]) -> dict[int, Choice]:
    """Where these people want to be told of them, by person."""
    chosen = choices.of_all(brand, readers)
    return {
        each.user.pk: chosen.get((each.user.pk, KIND.name)) or choices.default(KIND, each) for each in readers
    }


def tell(brand: Brand, found: Sequence[Finds], chosen: Mapping[int, Choice], *, at: datetime) -> None:
    """Tell their readers, as they have chosen. In the transaction that keeps the finds, one at a time."""
    found = [each for each in found if not chosen[each.reader.user.pk].is_silent]
    if not found:
        return
    members = {each.reader.user.pk: each.reader for each in found}
    when = choices.hours_of_all(brand, [member.user for member in members.values()])
    there, mailed = _open([each.alert for each in found]), _mailed([each.alert for each in found])
    new: list[Notification] = []
    changed: list[Notification] = []
    for each in found:
        person = each.reader.user.pk
        choice = chosen[person]
        row = there.get(each.alert)
        if row is None:
            row = Notification(
                brand=brand, user_id=person, kind=KIND.name, alert_id=each.alert, listed=choice.page
            )
        (changed if row.pk else new).append(row)
        _hold(row, [*each.assets, *row.asset_ids][:MOST])
        row.at = at
        if row.mail_due_at is None:
            row.mail_due_at = _mail_due(choice, when[person], at, mailed.get(each.alert))
            row.in_digest = choice.mail is Mail.DIGEST
    Notification.objects.bulk_create(new)
    Notification.objects.bulk_update(changed, [*_HELD, "at", "mail_due_at", "in_digest"])
    following.tell_pages(brand, {pk for pk in members if chosen[pk].page}, members)


def unread_of(alerts: Collection[int]) -> list[Notification]:
    """What wasn't read yet of these alerts, locked."""
    rows = Notification.objects.select_for_update().filter(alert__in=alerts, read_at=None)
    return list(rows.order_by("pk"))


def settle(rows: Sequence[Notification], left: Mapping[int, Collection[UUID]], *, at: datetime) -> None:
    """Of these alerts only so much is left unread: their notifications say no more than that."""
    read: list[int] = []
    changed: list[Notification] = []
    for row in rows:
        unread = left.get(row.alert_id or 0, ())
        keys = [key for key in row.asset_ids if key in unread]
        if not keys:
            read.append(row.pk)
        elif len(keys) < len(row.asset_ids):
            _hold(row, keys)
            changed.append(row)
    Notification.objects.bulk_update(changed, _HELD)
    Notification.objects.filter(pk__in=read).update(read_at=at, mail_due_at=None)


_HELD = ["asset_ids", "asset_count", "count"]


def _hold(row: Notification, keys: list[UUID]) -> None:
    row.asset_ids, row.asset_count, row.count = keys, len(keys), len(keys)


def _open(alerts: Collection[int]) -> dict[int, Notification]:
    """What further finds join. One that is just being mailed is complete."""
    rows = Notification.objects.select_for_update(skip_locked=True).filter(
        alert__in=alerts, read_at=None, mailed_at=None
    )
    return {row.alert_id: row for row in rows.order_by("at", "pk") if row.alert_id}


def _mailed(alerts: Collection[int]) -> dict[int, datetime]:
    rows = Notification.objects.filter(alert__in=alerts, mailed_at__isnull=False)
    return dict(rows.order_by().values_list("alert_id").annotate(Max("mailed_at")))


def _mail_due(choice: Choice, when: Hours, at: datetime, mailed: datetime | None) -> datetime | None:
    if choice.mail is Mail.AT_ONCE and mailed is not None:
        at = max(at, mailed + MAILED_EVERY - following.GATHERED)
    return following.mail_due(choice, when, at)
