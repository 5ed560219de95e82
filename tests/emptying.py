"""Empties the tables after a test that commits: what Django's `flush` does, in a fraction of the time.

`flush` truncates every table, so that each of them and of their indexes gets a new file, and then makes the
content types and permissions anew: much work, after each of hundreds of tests that wrote a dozen rows.
"""

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connections, transaction
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected

KEPT = (ContentType, Permission)
"""Rows that the migrations made and no test changes; `flush` makes them again."""

TRIES = 5

# Triggers stand aside, as TRUNCATE asks none: those of foreign keys, and those that hold the audit trail.
# A partition, one for each encoder that a test brought, is dropped: its graph would lead later searches past
# what is gone, and each that lay on would be planned for by every one of them.
_EMPTY = """
DO $$
DECLARE
    each regclass;
    filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR each IN SELECT inhrelid FROM pg_inherits WHERE inhparent = ANY (%(tables)s::regclass[]) LOOP
        EXECUTE format('DROP TABLE %%s', each);
    END LOOP;
    FOREACH each IN ARRAY %(tables)s::regclass[] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', each) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM %%s', each);
        END IF;
    END LOOP;
END $$
"""


def install() -> None:
    """Have Django's test case that commits, on which pytest-django builds, end so."""
    TransactionTestCase._fixture_teardown = _fixture_teardown  # type: ignore[attr-defined]


def _fixture_teardown(case: Any) -> None:
    for database in case._databases_names(include_mirrors=False):
        empty(database)


def tables(using: str = "default") -> list[str]:
    """The tables that are emptied: those of every model but KEPT."""
    there = connections[using].introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(there) - {model._meta.db_table for model in KEPT})


def empty(using: str = "default") -> None:
    """Delete every row of the tables, once nobody else is at work on any of them.

    Without the locks, which TRUNCATE takes too, rows that another process is about to commit would stay. A
    page or a worker that is still at it locks tables in its own order: once both wait for each other, this
    gives way and begins again.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            return _empty(using)
        except OperationalError as problem:
            if not tries_left or not isinstance(problem.__cause__, DeadlockDetected):
                raise


def _empty(using: str) -> None:
    connection = connections[using]
    names = tables(using)
    locked = ", ".join(map(connection.ops.quote_name, names))
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(_EMPTY, {"tables": names})
