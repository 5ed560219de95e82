"""What a database of 0.1 says, asked in SQL: it knows none of today's models, and so can judge them."""

from typing import Any
from uuid import UUID

import psycopg

Row = tuple[Any, ...]

# Where each approved review stands with its file. 0.1 kept one released file for each version; the review
# that signed it is in its details, so a file whose review is another one is an earlier, withdrawn release.
SIGNED = """
SELECT review.id, rendition.sha256
FROM provenance_review review
JOIN dam_rendition rendition ON rendition.version_id = review.version_id AND rendition.kind = 'release'
WHERE rendition.details ->> 'review' = review.id::text AND review.state = %s
"""
# Signed for an approval that was withdrawn, and replaced by a later file: the trail alone names it.
REPLACED = """
SELECT review.id, event.data ->> 'sha256'
FROM dam_event event
JOIN provenance_review review ON review.id::text = event.data ->> 'review' AND review.state = 'revoked'
WHERE event.verb = 'release.signed' AND NOT EXISTS (
    SELECT FROM dam_rendition rendition
    WHERE rendition.kind = 'release' AND rendition.sha256 = event.data ->> 'sha256'
)
"""
# Approved without a file of its own: the last word in the trail says whether signing was tried in vain.
UNSIGNED = """
SELECT review.id, (
    SELECT event.verb FROM dam_event event
    WHERE event.asset_id = version.asset_id AND event.verb IN ('release.failed', 'review.approved')
    ORDER BY event.sequence DESC LIMIT 1
)
FROM provenance_review review
JOIN dam_version version ON version.id = review.version_id
WHERE review.state = 'approved' AND NOT EXISTS (
    SELECT FROM dam_rendition rendition
    WHERE rendition.version_id = version.id AND rendition.kind = 'release'
      AND rendition.details ->> 'review' = review.id::text
)
"""
# One row for each member and asset of the brand that is not in the trash.
IN_REACH = """
SELECT member.id, member.role = 'viewer', asset.id, version.approval = 'approved', EXISTS (
    SELECT FROM dam_rendition rendition
    JOIN provenance_review review ON review.id::text = rendition.details ->> 'review'
    WHERE rendition.version_id = version.id AND rendition.kind = 'release' AND review.state = 'approved'
)
FROM dam_membership member
JOIN dam_user person ON person.id = member.user_id AND person.is_active
JOIN dam_asset asset ON asset.brand_id = member.brand_id AND asset.trashed_at IS NULL
JOIN dam_version version ON version.id = asset.current_id
"""


class Before:
    """The answers, asked for before the upgrade and kept."""

    def __init__(
        self,
        database: psycopg.Connection[Row],
        tables: dict[str, tuple[str, ...]],
        *,
        without: dict[str, str],
    ) -> None:
        self.rows = {
            table: _rows(database, table, columns, without=without.get(table, "false"))
            for table, columns in tables.items()
        }
        self.columns = tables
        self.latest: dict[UUID, UUID] = dict(_all(database, "SELECT id, current_id FROM dam_asset"))
        self.ready: dict[UUID, str] = dict(_all(database, SIGNED, ["approved"]))
        self.withdrawn: dict[UUID, str] = dict(_all(database, SIGNED, ["revoked"]))
        self.replaced: dict[UUID, str] = dict(_all(database, REPLACED))
        verbs: dict[UUID, str] = dict(_all(database, UNSIGNED))
        self.failed = {review for review, verb in verbs.items() if verb == "release.failed"}
        self.signing = set(verbs) - self.failed
        # By member: what they must still see, and the most that they may see. For a viewer they differ in
        # what is approved and has no file yet.
        reach = _all(database, IN_REACH)
        self.must_see = _by_member(
            reach, lambda viewer, approved, signed: not viewer or (approved and signed)
        )
        self.may_see = _by_member(reach, lambda viewer, approved, signed: not viewer or approved)

    def values(self, table: str, column: str) -> set[Any]:
        """What a column holds."""
        place = self.columns[table].index(column)
        return {row[place] for row in self.rows[table].values()}


def _rows(
    database: psycopg.Connection[Row], table: str, columns: tuple[str, ...], *, without: str
) -> dict[Any, Row]:
    """A table's rows by their primary key, but for those that the condition `without` holds for."""
    found = _all(database, f"SELECT id, {', '.join(columns)} FROM {table} WHERE NOT ({without})")
    return {row[0]: row[1:] for row in found}


def _all(database: psycopg.Connection[Row], query: str, values: list[str] | None = None) -> list[Row]:
    return database.execute(query.encode(), values).fetchall()


def _by_member(reach: list[Row], sees: Any) -> dict[int, set[UUID]]:
    seen: dict[int, set[UUID]] = {row[0]: set() for row in reach}
    for member, viewer, asset, approved, signed in reach:
        if sees(viewer, approved, signed):
            seen[member].add(asset)
    return seen
