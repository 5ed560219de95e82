"""When clearances end, with all that a version was made from, as the database keeps it (migration 0101)."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db import connection, transaction

AT_ONCE = 5_000  # versions that are compared together

# What is kept beside what the terms say, by version: of both tables, some at a time.
_COMPARED = """
    WITH batch AS (
        SELECT version_id FROM (
            (SELECT version_id FROM dam_rightsend WHERE version_id > %(after)s ORDER BY 1 LIMIT %(most)s)
            UNION
            (SELECT version_id FROM dam_rightsrecord
                WHERE version_id > %(after)s AND valid_until IS NOT NULL ORDER BY 1 LIMIT %(most)s)
            UNION
            (SELECT DISTINCT version_id FROM dam_consentlink
                WHERE version_id > %(after)s ORDER BY 1 LIMIT %(most)s)
            UNION
            (SELECT version_id FROM dam_inheritedterms
                WHERE version_id > %(after)s AND valid_until IS NOT NULL ORDER BY 1 LIMIT %(most)s)
        ) AS every ORDER BY 1 LIMIT %(most)s
    )
    SELECT batch.version_id,
        (kept.ends_at, kept.brand_id) IS NOT DISTINCT FROM (
            least(own.valid_until, own.consents_until, inherited.valid_until),
            CASE WHEN least(own.valid_until, own.consents_until, inherited.valid_until) IS NOT NULL
                THEN version.brand_id END
        ) AS right
    FROM batch
        LEFT JOIN dam_version AS version ON version.id = batch.version_id
        LEFT JOIN dam_rightsend AS kept ON kept.version_id = batch.version_id
        LEFT JOIN dam_rightsrecord AS own ON own.version_id = batch.version_id
        LEFT JOIN dam_inheritedterms AS inherited ON inherited.version_id = batch.version_id
    ORDER BY batch.version_id
"""


def wrongly_kept() -> Iterator[UUID]:
    """The versions of which the database keeps another end than their terms and their sources' say."""
    after = UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_COMPARED, {"after": after, "most": AT_ONCE})
            rows = cursor.fetchall()
        if not rows:
            return
        yield from (key for key, right in rows if not right)
        after = rows[-1][0]


def keep_anew(keys: Collection[UUID]) -> None:
    """Have the database write what it keeps of these versions again.

    Who changes their terms meanwhile waits, or is seen: what was read before must not take the place of that.
    """
    ordered = sorted(keys)
    for first in range(0, len(ordered), AT_ONCE):
        some = [ordered[first : first + AT_ONCE]]
        with transaction.atomic(), connection.cursor() as cursor:
            for table in ("dam_rightsrecord", "dam_inheritedterms"):  # in the order of the triggers
                cursor.execute(
                    f"SELECT FROM {table} WHERE version_id = ANY (%s) ORDER BY version_id FOR SHARE", some
                )
            cursor.execute("SELECT dam_keep_ends(%s)", some)
