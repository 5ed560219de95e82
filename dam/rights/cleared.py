"""`policy.decide` in SQL: the assets that may be used somewhere, for something, throughout a time.

The rule is the policy's; here it is only written so that the database can narrow a list by it. A test
compares both over records drawn at random.
"""

from datetime import datetime

from django.db.models import Q

from dam.rights.territories import EU, WORLDWIDE


def throughout(
    version: str,
    *,
    first: datetime | None,
    until: datetime | None,
    use: str | None = None,
    territory: str | None = None,
) -> Q:
    """From `first` until just before `until`; None: since ever, for ever. `version`: latest or released."""
    rights = f"{version}__rights"
    allowed = Q(**{"trashed_at": None, f"{version}__approval": "approved", f"{rights}__isnull": False})
    allowed &= ~Q(**{f"{version}__credentials__in": ("altered", "invalid")}) & ~Q(**{f"{rights}__uses": []})
    begins = Q(**{f"{rights}__embargo_until": None})
    ends = Q(**{f"{rights}__valid_until": None})
    if first is not None:
        begins |= Q(**{f"{rights}__embargo_until__lte": first})
    if until is not None:
        ends |= Q(**{f"{rights}__valid_until__gte": until})
    allowed &= begins & ends
    if use is not None:
        allowed &= Q(**{f"{rights}__uses__contains": [use]})
    return allowed & _covers(f"{rights}__territories__contains", territory) if territory else allowed


def _covers(contains: str, territory: str) -> Q:
    places = Q(**{contains: [WORLDWIDE]}) | Q(**{contains: [territory]})
    if territory == "EU":
        return places | Q(**{contains: sorted(EU)})
    return places | Q(**{contains: ["EU"]}) if territory in EU else places
