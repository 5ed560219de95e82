"""What each person wants to hear of, where and when: their own choices above quiet defaults."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time

from dam.accounts import times
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member, Principal, person
from dam.notifications import kinds
from dam.notifications.hours import Hours
from dam.notifications.kinds import Kind, Mail
from dam.notifications.models import MailHours, NotificationChoice


@dataclass(frozen=True)
class Choice:
    """Where a kind is told: in the page, and by mail when."""

    page: bool
    mail: Mail

    @property
    def is_silent(self) -> bool:
        return not self.page and self.mail is Mail.OFF


def default(kind: Kind, member: Principal) -> Choice:
    return Choice(page=True, mail=kinds.default_mail(kind, member.capabilities))


def of_all(brand: Brand, members: Collection[Member]) -> Mapping[tuple[int, str], Choice]:
    """What these people chose, by person and kind, in one query; what is missing is the default."""
    rows = NotificationChoice.objects.filter(brand=brand, user__in=[each.user.pk for each in members])
    return {(row.user_id, row.kind): Choice(row.page, Mail(row.mail)) for row in rows}


def of(principal: Principal) -> dict[str, Choice]:
    """The choice of each kind that this person is offered."""
    chosen = {
        row.kind: Choice(row.page, Mail(row.mail))
        for row in NotificationChoice.objects.filter(brand=principal.brand, user=person(principal))
    }
    offered = kinds.offered(principal.capabilities)
    return {kind.name: chosen.get(kind.name) or default(kind, principal) for kind in offered}


def choose(principal: Principal, wanted: Mapping[str, Choice]) -> None:
    """Keep these. One that is the default is forgotten, so that it follows the person's role."""
    user = person(principal)
    offered = {kind.name: kind for kind in kinds.offered(principal.capabilities)}
    for name in wanted.keys() & offered.keys():
        choice = wanted[name]
        if choice == default(offered[name], principal):
            NotificationChoice.objects.filter(user=user, brand=principal.brand, kind=name).delete()
        else:
            NotificationChoice.objects.update_or_create(
                user=user,
                brand=principal.brand,
                kind=name,
                defaults={"page": choice.page, "mail": choice.mail.value},
            )


def stop_mail(*, user_id: int, brand_id: int, names: Collection[str]) -> None:
    """No more mails of these kinds: what a link in a mail does. The page goes on telling."""
    for name in names & kinds.KINDS.keys():
        NotificationChoice.objects.update_or_create(
            user_id=user_id,
            brand_id=brand_id,
            kind=name,
            defaults={"mail": Mail.OFF.value},
            create_defaults={"mail": Mail.OFF.value, "page": True},
        )


def hours_of_all(brand: Brand, users: Collection[User]) -> Mapping[int, Hours]:
    """When each of these may be mailed, in one query."""
    rows = {row.user_id: row for row in MailHours.objects.filter(user__in=[user.pk for user in users])}
    return {user.pk: _hours(rows.get(user.pk) or MailHours(user=user), user, brand) for user in users}


def hours_of(user: User, brand: Brand) -> Hours:
    return hours_of_all(brand, [user])[user.pk]


def keep_hours(
    user: User, *, digest_at: time, weekends: bool, quiet_from: time | None, quiet_until: time | None
) -> None:
    MailHours.objects.update_or_create(
        user=user,
        defaults={
            "digest_at": digest_at,
            "weekends": weekends,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
        },
    )


def _hours(row: MailHours, user: User, brand: Brand) -> Hours:
    return Hours(times.zone_of(user, brand), row.digest_at, row.quiet_from, row.quiet_until, row.weekends)
