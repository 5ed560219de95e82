"""A brand at work for years, written straight into the tables: people, what happened, what they were told.

Rows are made in the database from one that the product makes, so that a new column needs nothing here.
"""

from dataclasses import dataclass

from django.db import connection, models
from psycopg import sql

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.notifications.models import Notification
from tests.factories import BrandFactory, VersionFactory, member

MAILED_TO = 400  # people with a digest that is due


@dataclass(frozen=True)
class House:
    """The brand, who runs it, and somebody who was told a tenth of everything."""

    brand: Brand
    admin: Member
    reader: Member


def make(*, events: int, people: int) -> House:
    brand = BrandFactory.create(slug="house", name="House")
    admin, reader = member(brand, Role.ADMIN, name="Ada"), member(brand, Role.CREATOR, name="Kim")
    version = VersionFactory.create(asset__brand=brand, asset__created_by=reader.user)
    with trail.recording():
        trail.record(Verb.RELEASE_FAILED, brand=brand, target="Clip", asset_id=version.asset_id, actor=admin)
    event = Event.objects.filter(brand=brand).latest("sequence")
    _people(brand, reader, people)
    _events(event, events)
    _notifications(event, reader, events, people)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return House(brand, admin, reader)


def _people(brand: Brand, like: Member, people: int) -> None:
    row = Membership.objects.get(user=like.user, brand=brand)
    of_user = {
        "id": "t.id + n",
        "email": "'person-' || n || '@example.com'",
        "proven_email": "'person-' || n || '@example.com'",
        "name": "'Person ' || md5(n::text)",
    }
    _copy(User, like.user.pk, of_user, people)
    _copy(Membership, row.pk, {"id": "t.id + n", "user_id": f"{like.user.pk} + n"}, people)


def _events(event: Event, events: int) -> None:
    """A minute apart, the newest now; of twelve verbs, by the administrator or by nobody."""
    verbs = ", ".join(f"'{verb.value}'" for verb in list(Verb)[:12])
    changed = {
        "id": "t.id + n",
        "sequence": "t.sequence + n",
        "at": f"now() - ({events} - n) * interval '1 minute'",
        "verb": f"(ARRAY[{verbs}])[1 + mod(n::bigint * 7919, 12)]",
        "target": "'Clip ' || mod(n, 5000)",
        "actor_id": "CASE WHEN mod(n, 3) = 0 THEN NULL ELSE t.actor_id END",
        "actor_ref": "CASE WHEN mod(n, 3) = 0 THEN 'system' ELSE t.actor_ref END",
        "asset_id": "CASE WHEN mod(n, 50) = 0 THEN t.asset_id ELSE md5(mod(n, 5000)::text)::uuid END",
    }
    _copy(Event, event.pk, changed, events)


def _notifications(event: Event, reader: Member, events: int, people: int) -> None:
    """One of an event each: every tenth the reader's; of the others some are due in a digest."""
    first = Notification.objects.create(
        brand=event.brand,
        user=reader.user,
        kind="release",
        event=event,
        newest=event,
        by="system",
        asset_ids=[event.asset_id],
        asset_count=1,
    )
    someone = f"t.user_id + 1 + mod(n, {people})"
    changed = {
        "id": "t.id + n",
        "user_id": f"CASE WHEN mod(n, 10) = 0 THEN t.user_id ELSE {someone} END",
        "event_id": "t.event_id + n",
        "newest_id": "t.event_id + n",
        "at": f"now() - ({events} - n) * interval '1 minute'",
        "read_at": "CASE WHEN mod(n, 4) = 0 THEN now() END",
        "in_digest": "true",
        "mail_due_at": f"CASE WHEN mod(n, 10) > 0 AND mod(n, {people}) < {MAILED_TO} AND mod(n, 4) > 0"
        " THEN now() - interval '1 minute' END",
    }
    _copy(Notification, first.pk, changed, events)


def _copy(model: type[models.Model], template: int, changed: dict[str, str], count: int) -> None:
    """So many rows like the template, but for these columns, in which `n` counts and `t` is the template."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.generated]
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values}"
        " FROM generate_series(1, %s) n, {table} t WHERE t.id = %s"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(sql.SQL(changed.get(each, f"t.{each}")) for each in columns),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [count, template])
