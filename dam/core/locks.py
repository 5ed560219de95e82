"""One at a time, across processes and machines: PostgreSQL's advisory locks."""

from django.db import connection


def hold(name: str) -> None:
    """Wait for the lock of that name and hold it until the surrounding transaction ends."""
    if not connection.in_atomic_block:
        raise RuntimeError("A lock is held until its transaction ends, and there is none.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
