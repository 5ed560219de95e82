"""`policy.decide` for a whole time, with its reasons: may this be used from now until then? Pure."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from dam.rights import policy
from dam.rights.disclosure import Requirement
from dam.rights.policy import Source, Terms, Use, Verdict

_LEAST = timedelta(microseconds=1)


def moments(first: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Those that decide about all from `first` until just before `until`: the first and the last.

    What stops a clip at first is an embargo, which ends; what stops it later, a clearance, a consent or a
    rule of disclosure, stays so. What may leave at both ends may leave between. Reckoned in UTC, since by the
    clock a step back would leave out the hour that comes twice. Raises ValueError for no time at all.

    >>> [str(each) for each in moments(datetime(2027, 5, 3, tzinfo=UTC), datetime(2027, 5, 4, tzinfo=UTC))]
    ['2027-05-03 00:00:00+00:00', '2027-05-03 23:59:59.999999+00:00']
    """
    last = until.astimezone(UTC) - _LEAST
    if last < first.astimezone(UTC):
        raise ValueError("It ends before it begins.")
    return first, last.astimezone(first.tzinfo)


def decide(
    terms: Terms,
    *,
    use: Use | None = None,
    territory: str | None = None,
    first: datetime,
    until: datetime,
    sources: Sequence[Source] = (),
    labels: Collection[str] | None = None,
) -> Verdict:
    """Whether it may leave at every moment from `first` until just before `until`, as one verdict.

    Days are read in the time zone of `first`, and what ends after it is said to end yet.
    """
    verdicts = [
        policy.decide(terms, use=use, territory=territory, at=at, now=first, sources=sources, labels=labels)
        for at in moments(first, until)
    ]
    return Verdict(
        allowed=all(each.allowed for each in verdicts),
        reasons=tuple(dict.fromkeys(reason for each in verdicts for reason in each.reasons)),
        causes=tuple(dict.fromkeys(cause for each in verdicts for cause in each.causes)),
    )


def requirements(
    terms: Terms, *, use: str | None = None, territory: str | None = None, first: datetime, until: datetime
) -> tuple[Requirement, ...]:
    """The rules of disclosure that it falls under at some moment of that time."""
    found = [
        each
        for at in moments(first, until)
        for each in policy.requirements(terms, use=use, territory=territory, at=at)
    ]
    return tuple(each for number, each in enumerate(found) if each not in found[:number])
