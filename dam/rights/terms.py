"""The terms of a version, read from what the catalogue and its rights record say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from dam.catalog.models import Version
from dam.rights.disclosure import Disclosed
from dam.rights.models import InheritedTerms, RightsRecord
from dam.rights.policy import Inherited, Terms


def of(version: Version) -> Terms:
    """Reads `version.rights`, `inherited` and `asset`: select them with the version."""
    kept: InheritedTerms | None = getattr(version, "inherited", None)
    return replace(own(version), inherited=inherited(kept) if kept is not None else None)


def own(version: Version) -> Terms:
    """Its own terms, whatever it was made from. Reads `version.rights` and `asset`."""
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
        consents_until=rights.consents_until,
        trashed=version.asset.trashed_at is not None,
        disclosed=disclosed(rights.disclosure),
    )


def first_day(version: Version) -> datetime | None:
    """Of use, as it is kept, even where it has passed. Reads `version.rights`."""
    return version.rights.embargo_until if hasattr(version, "rights") else None


def written(moment: date | None) -> str | None:
    """As programs read a moment or a day."""
    return moment.isoformat() if moment is not None else None


def disclosed(kept: Mapping[str, Any] | None) -> Disclosed | None:
    """Of RightsRecord.disclosure."""
    if kept is None:
        return None
    return Disclosed(
        looks_real=kept["looks_real"],
        artistic=kept["artistic"],
        performer=kept["performer"],
        waived=frozenset(kept.get("waived", ())),
    )


def inherited(kept: InheritedTerms) -> Inherited:
    return Inherited(
        stopped=kept.stopped,
        uses=_tuple(kept.uses),
        territories=_tuple(kept.territories),
        embargo_until=kept.embargo_until,
        valid_until=kept.valid_until,
    )


def columns(shown: str) -> tuple[str, ...]:
    """What `of_columns` reads, from an asset; `shown` is its version: "latest" or "released"."""
    rights, left = f"{shown}__rights", f"{shown}__inherited"
    return (
        *(f"{shown}__approval", f"{shown}__credentials", f"{rights}__uses", f"{rights}__territories"),
        *(f"{rights}__embargo_until", f"{rights}__valid_until", f"{rights}__consents_until"),
        *("trashed_at", f"{rights}__disclosure"),
        *(f"{left}__stopped", f"{left}__uses", f"{left}__territories"),
        *(f"{left}__embargo_until", f"{left}__valid_until"),
    )


def of_columns(values: Sequence[Any]) -> Terms:
    approval, credentials, uses, places, *dates, trashed_at, asked = values[:9]
    embargo_until, valid_until, consents_until = dates
    left = values[9:]
    stopped, uses_left, places_left, *dates_left = left
    return Terms(
        approval=approval,
        credentials=credentials,
        uses=tuple(uses or ()),
        territories=tuple(places or ()),
        embargo_until=embargo_until,
        valid_until=valid_until,
        consents_until=consents_until,
        trashed=trashed_at is not None,
        disclosed=disclosed(asked),
        inherited=Inherited(stopped, _tuple(uses_left), _tuple(places_left), *dates_left)
        if stopped is not None
        else None,
    )


def of_json(values: Sequence[Any]) -> Terms:
    """The same of values as the database writes them in JSON, where moments are texts."""
    own, dates, (trashed_at, asked), left = values[:4], values[4:7], values[7:9], values[9:]
    stopped, uses_left, places_left, *dates_left = left
    moments = (*map(_moment, dates), trashed_at, asked)
    return of_columns([*own, *moments, stopped, uses_left, places_left, *map(_moment, dates_left)])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _tuple(kept: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if kept is None else tuple(kept)
