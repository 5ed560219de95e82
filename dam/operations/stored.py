"""How much each brand keeps, by kind of file. Triggers note every change; here the notes are added up."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from dam.accounts.models import Brand
from dam.core.language import gettext as _
from dam.core.language import noop
from dam.media import specs

MOST_AT_ONCE = 50_000
TITLES = {
    "master": noop("Masters"),
    "release": noop("Releases"),
    "release_renewal": noop("Renewed releases"),
    "preset": noop("Download formats"),
    "consent": noop("Documents of consents"),
    "evidence": noop("Evidence of reviews"),
    "guest": noop("Copies for outside reviewers"),
    "attachment": noop("Files attached to comments"),
    "comment_pdf": noop("PDFs of comments"),
    "evidence_pack": noop("Evidence packs"),
}


@dataclass(frozen=True)
class Kept:
    """Files of one kind."""

    kind: str
    files: int
    bytes: int

    @property
    def title(self) -> str:
        spec = specs.find(self.kind)
        known = TITLES.get(self.kind) or (spec.title if spec else "")
        return _(known) if known else self.kind


# Notes that are not added yet count as well, so that the answer is that of this moment.
_SUMS = """
    SELECT brand_id, kind, sum(files), sum(bytes) FROM (
        SELECT brand_id, kind, files, bytes FROM dam_storedfiles WHERE %(all)s OR brand_id = ANY(%(brands)s)
        UNION ALL
        SELECT brand_id, kind, files, bytes FROM dam_storedchange WHERE %(all)s OR brand_id = ANY(%(brands)s)
    ) AS known GROUP BY brand_id, kind
"""
_FOLD = """
    WITH gone AS (
        DELETE FROM dam_storedchange WHERE id IN (
            SELECT id FROM dam_storedchange ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
        ) RETURNING brand_id, kind, files, bytes
    ), added AS (
        INSERT INTO dam_storedfiles AS known (brand_id, kind, files, bytes)
            SELECT brand_id, kind, sum(files), sum(bytes) FROM gone GROUP BY brand_id, kind
            ORDER BY brand_id, kind
        ON CONFLICT (brand_id, kind) DO UPDATE
            SET files = known.files + excluded.files, bytes = known.bytes + excluded.bytes
    )
    SELECT count(*) FROM gone
"""


def of(brand: Brand) -> list[Kept]:
    """What the brand keeps, the largest kind first."""
    return sorted(_rows(brands=[brand.pk]).get(brand.pk, []), key=lambda kept: -kept.bytes)


def of_all() -> dict[int, list[Kept]]:
    """The same for every brand, by its key."""
    return _rows(brands=None)


def total(kept: Iterable[Kept]) -> Kept:
    known = list(kept)
    return Kept("", sum(each.files for each in known), sum(each.bytes for each in known))


def fold() -> int:
    """Add up what has been noted; how many notes there were. Two at once share them."""
    folded = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_FOLD, [MOST_AT_ONCE])
            found: int = cursor.fetchone()[0]
            folded += found
            if found < MOST_AT_ONCE:
                return folded


def _rows(*, brands: list[int] | None) -> dict[int, list[Kept]]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"all": brands is None, "brands": brands or []})
        found: dict[int, list[Kept]] = {}
        for brand_id, kind, files, size in cursor.fetchall():
            if files or size:
                found.setdefault(brand_id, []).append(Kept(kind, int(files), int(size)))
        return found
