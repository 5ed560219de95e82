"""The one gate before everything a guest sees. Asked for each request, and it remembers nothing.

A guest is no principal: no list, policy or event takes one. What they see follows from the row of their link.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from dam.accounts import keys
from dam.rights.models import MadeFrom
from provenance.guests import rules
from provenance.guests.models import GuestLink, GuestSession, inviter_works
from provenance.guests.rules import Standing

SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Visitor:
    """Somebody who came through the door of this link, and still may."""

    link: GuestLink
    session: GuestSession


def links() -> QuerySet[GuestLink]:
    """With all that says how they stand, and who asked whom to what."""
    return GuestLink.objects.select_related(
        "brand", "version__asset", "version__brand", "version__inherited", "review", "created_by", "copy"
    ).annotate(inviter_works=inviter_works())


def find(key: UUID, *, at: datetime) -> GuestLink | None:
    """The link with this key, if it opens anything now."""
    link = links().filter(key=key).first()
    return link if link is not None and is_open(link, at=at) else None


def is_open(link: GuestLink, *, at: datetime) -> bool:
    return rules.standing(link.facts, at=at) is Standing.OPEN


def unpaused(link: str = "") -> Q:
    """Rows whose link nothing holds back that may pass; `link` leads to it, as in "link__"."""
    # What is stopped by its model's licence alone can be reviewed, and can't be released.
    sourced = Exists(MadeFrom.objects.filter(version=OuterRef(f"{link}version")))
    return ~(Q(**{f"{link}version__inherited__stopped": True}) & sourced) & Q(
        **{
            f"{link}brand__guest_reviews": True,
            f"{link}brand__closed_at": None,
            f"{link}version__asset__trashed_at": None,
        }
    )


def open_links(email: str, *, at: datetime) -> list[GuestLink]:
    """Every link of this address that opens something now, over all brands, the newest first."""
    rows = links().filter(email=email, ended_at=None, expires_at__gt=at)
    return [row for row in rows if is_open(row, at=at)]


def enter(key: UUID, *, secret: str, at: datetime) -> Visitor | None:
    """As `holder`, who is written down as seen now."""
    visitor = holder(key, secret=secret, at=at)
    if visitor is not None and visitor.session.seen_at <= at - SEEN_EVERY:
        GuestSession.objects.filter(pk=visitor.session.pk).update(seen_at=at)
    return visitor


def holder(key: UUID, *, secret: str, at: datetime) -> Visitor | None:
    """Who holds this secret of a session, at the link with this key; None where either has ended."""
    if not secret:
        return None
    link = find(key, at=at)
    if link is None:
        return None
    session = GuestSession.objects.filter(link=link, digest=keys.digest(secret), ends_at__gt=at).first()
    return Visitor(link, session) if session is not None else None
