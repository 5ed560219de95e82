"""Writing the terms that a version is cleared under. Review is the only caller."""

from collections.abc import Iterable
from datetime import datetime

from dam.catalog.models import Version
from dam.rights.models import RightsRecord


def grant(
    version: Version,
    *,
    uses: Iterable[str],
    territories: Iterable[str],
    valid_until: datetime | None,
    embargo_until: datetime | None = None,
    at: datetime,
) -> RightsRecord:
    """Replace the version's terms, in the caller's transaction. Licence and rights holder stay."""
    record, _ = RightsRecord.objects.update_or_create(
        version=version,
        defaults={
            "uses": list(uses),
            "territories": list(territories),
            "valid_until": valid_until,
            "embargo_until": embargo_until,
            "updated_at": at,
        },
    )
    return record
