"""`policy.decide` for a whole time and without its reasons: may this be used somewhere, for something?

The rule is the policy's; here it is only written so that the database can narrow a list by it, and so that
hundreds of terms are judged in no time. A test compares all three over records drawn at random.
"""

from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q

from dam.rights import policy, territories
from dam.rights.models import InheritedTerms
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
    consented = Q(**{f"{rights}__consents_until": None})
    if first is not None:
        begins |= Q(**{f"{rights}__embargo_until__lte": first})
    if until is not None:
        ends |= Q(**{f"{rights}__valid_until__gte": until})
        consented |= Q(**{f"{rights}__consents_until__gte": until})
    allowed &= begins & ends & consented
    forbidden = InheritedTerms.objects.filter(version=OuterRef(version))
    forbidden = forbidden.filter(_forbid(first=first, until=until, use=use, territory=territory))
    allowed &= Q(~Exists(forbidden))
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
    # In UTC: two moments of one zone would be compared by their clocks, which show an hour twice in autumn.
    first = first.astimezone(UTC) if first is not None else None
    until = until.astimezone(UTC) if until is not None else None
    if terms.trashed or terms.approval != "approved" or terms.credentials in ("altered", "invalid"):
        return False
    if not terms.uses or (use is not None and use not in terms.uses):
        return False
    if terms.embargo_until is not None and (first is None or first < terms.embargo_until):
        return False
    end = policy.own_end(terms)
    if end is not None and (until is None or until > end):
        return False
    if territory is not None and not territories.covers(terms.territories, territory):
        return False
    left = terms.inherited
    if left is None:
        return True
    if left.stopped or left.uses == () or left.territories == ():
        return False
    if left.embargo_until is not None and (first is None or first < left.embargo_until):
        return False
    if left.valid_until is not None and (until is None or until > left.valid_until):
        return False
    if use is not None and left.uses is not None and use not in left.uses:
        return False
    return territory is None or left.territories is None or territories.covers(left.territories, territory)


def _forbid(*, first: datetime | None, until: datetime | None, use: str | None, territory: str | None) -> Q:
    """Of what a version inherits: whether that forbids it."""
    forbids = Q(stopped=True) | Q(uses=[]) | Q(territories=[])
    forbids |= Q(embargo_until__isnull=False) if first is None else Q(embargo_until__gt=first)
    forbids |= Q(valid_until__isnull=False) if until is None else Q(valid_until__lt=until)
    if use is not None:
        forbids |= Q(uses__isnull=False) & ~Q(uses__contains=[use])
    if territory is not None:
        forbids |= Q(territories__isnull=False) & ~_covers("territories__contains", territory)
    return forbids


def _covers(contains: str, territory: str) -> Q:
    places = Q(**{contains: [WORLDWIDE]}) | Q(**{contains: [territory]})
    if territory == "EU":
        return places | Q(**{contains: sorted(EU)})
    return places | Q(**{contains: ["EU"]}) if territory in EU else places


def includes(version: str, *, use: str | None = None, territory: str | None = None) -> Q:
    """Whether a clearance covers this use and this place, with all that it was made from, whatever the day.

    `version` is a path to it from what is narrowed.
    """
    covered, narrowed = Q(), Q()
    if use is not None:
        covered &= Q(**{f"{version}__rights__uses__contains": [use]})
        narrowed |= Q(uses__isnull=False) & ~Q(uses__contains=[use])
    if territory is not None:
        covered &= _covers(f"{version}__rights__territories__contains", territory)
        narrowed |= Q(territories__isnull=False) & ~_covers("territories__contains", territory)
    if not narrowed:
        return covered
    return covered & Q(~Exists(InheritedTerms.objects.filter(narrowed, version=OuterRef(version))))
