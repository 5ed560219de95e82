"""`policy.decide` for a whole time and without its reasons: may this be used somewhere, for something?

The rule is the policy's; here it is only written so that the database can narrow a list by it, and so that
hundreds of terms are judged in no time. A test compares all three over records drawn at random.
"""

from datetime import datetime

from django.db.models import Q

from dam.rights import territories
from dam.rights.policy import Terms
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


def is_throughout(
    terms: Terms,
    *,
    first: datetime | None,
    until: datetime | None,
    use: str | None = None,
    territory: str | None = None,
) -> bool:
    """The same of one version's terms."""
    if terms.trashed or terms.approval != "approved" or terms.credentials in ("altered", "invalid"):
        return False
    if not terms.uses or (use is not None and use not in terms.uses):
        return False
    if terms.embargo_until is not None and (first is None or first < terms.embargo_until):
        return False
    if terms.valid_until is not None and (until is None or until > terms.valid_until):
        return False
    return territory is None or territories.covers(terms.territories, territory)


def _covers(contains: str, territory: str) -> Q:
    places = Q(**{contains: [WORLDWIDE]}) | Q(**{contains: [territory]})
    if territory == "EU":
        return places | Q(**{contains: sorted(EU)})
    return places | Q(**{contains: ["EU"]}) if territory in EU else places
