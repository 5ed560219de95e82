"""One at a time, across processes and machines: PostgreSQL's advisory locks."""

from django.db import connection, transaction


def hold(name: str, *, shared: bool = False) -> None:
    """Wait for the lock of that name and hold it until the surrounding transaction ends.

    Those who hold it `shared` do not wait for each other, only for somebody who holds it alone.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A lock is held until its transaction ends, and there is none.")
    with connection.cursor() as cursor:
        kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        cursor.execute(f"SELECT {kind}(hashtextextended(%s, 0))", [name])


def is_free(name: str) -> bool:
    """Whether nobody else holds it at this moment; whoever dies lets go of it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])
