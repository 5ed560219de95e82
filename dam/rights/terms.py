"""The terms of a version, read from what the catalogue and its rights record say."""

from collections.abc import Sequence
from typing import Any

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


def columns(shown: str) -> tuple[str, ...]:
    """What `of_columns` reads, from an asset; `shown` is its version: "latest" or "released"."""
    rights = f"{shown}__rights"
    return (
        *(f"{shown}__approval", f"{shown}__credentials", f"{rights}__uses", f"{rights}__territories"),
        *(f"{rights}__embargo_until", f"{rights}__valid_until", "trashed_at"),
    )


def of_columns(values: Sequence[Any]) -> Terms:
    approval, credentials, uses, places, embargo_until, valid_until, trashed_at = values
    return Terms(
        approval=approval,
        credentials=credentials,
        uses=tuple(uses or ()),
        territories=tuple(places or ()),
        embargo_until=embargo_until,
        valid_until=valid_until,
        trashed=trashed_at is not None,
    )
