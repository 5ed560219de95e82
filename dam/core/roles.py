"""What the application's own role may do in the database: work with rows, and no more.

Tables belong to another role, which migrates. So whoever gets the application to run SQL of theirs can't
drop or alter anything, switch off the triggers that hold the audit trail, the ledger of decisions and
releases, or rewrite any of them.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from psycopg import sql

from dam.embedded import postgres

APPEND_ONLY: Mapping[str, tuple[str, ...]] = {
    "dam_event": ("actor_id",),
    "provenance_ledgerentry": (),
    "provenance_ledgerstamp": (),
}
"""Tables whose rows are added and never changed, but for these columns."""
READ_ONLY = ("django_migrations",)

_LACKING = """
    SELECT count(*) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND NOT has_table_privilege(%(role)s, oid, 'SELECT')
"""


def as_owner() -> None:
    """Let this process work with the embedded database as the role that owns the tables: to migrate.

    Called before the first connection is made. With another server DATABASE_URL says who one is.
    """
    if settings.DATABASE_IS_EMBEDDED:
        connections["default"].settings_dict["USER"] = postgres.USER


def grant(*, using: str = "default", **_: Any) -> None:
    """After each migration: give the application's role what it needs in tables that are new.

    Raises ImproperlyConfigured where another server has no such role.
    """
    role = settings.DATABASE_APPLICATION_ROLE
    if not role:
        return
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT current_user = %s, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role, role]
        )
        itself, exists = cursor.fetchone()
        if itself:
            return
        if not exists and not settings.DATABASE_IS_EMBEDDED:
            raise ImproperlyConfigured(
                f"DATABASE_APPLICATION_ROLE={role!r} is no role of the database. Make it first."
            )
        if not exists:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        cursor.execute(_LACKING, {"role": role})
        if cursor.fetchone()[0]:
            with transaction.atomic(using=using):  # what is given to all tables is taken back from some
                _grant(cursor, role)


def _grant(cursor: Any, role: str) -> None:
    everything = (
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    )
    name = sql.Identifier(role)
    for statement in everything:
        cursor.execute(sql.SQL(statement).format(role=name))
    for table in READ_ONLY:
        cursor.execute(
            sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}").format(
                table=sql.Identifier(table), role=name
            )
        )
    for table, columns in APPEND_ONLY.items():
        cursor.execute("SELECT to_regclass(%s) IS NULL", [f"public.{table}"])
        if cursor.fetchone()[0]:
            continue  # its migration is still to come
        names = {"table": sql.Identifier(table), "role": name}
        cursor.execute(sql.SQL("REVOKE UPDATE, DELETE ON {table} FROM {role}").format(**names))
        if not columns:
            continue
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        cursor.execute(
            sql.SQL("GRANT UPDATE ({columns}) ON {table} TO {role}").format(columns=listed, **names)
        )
