"""The terms of a version, read from what the catalogue and its rights record say."""

from dam.catalog.models import Version
from dam.rights.models import RightsRecord
from dam.rights.policy import Terms


def of(version: Version) -> Terms:
    """Reads `version.rights` and `version.asset`: select them with the version."""
    try:
        rights = version.rights
    except RightsRecord.DoesNotExist:
        rights = RightsRecord()
    return Terms(
        approval=version.approval,
        credentials=version.credentials,
        uses=tuple(rights.uses),
        territories=tuple(rights.territories),
        embargo_until=rights.embargo_until,
        valid_until=rights.valid_until,
        trashed=version.asset.trashed_at is not None,
    )
