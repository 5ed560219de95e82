"""What somebody from outside may do with the review they were asked into, and until when. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dam.core.language import noop

DAYS, MOST_DAYS = 14, 90  # a link's, when nothing else is asked for, and at most
SESSION = timedelta(hours=12)
CODE_LASTS = timedelta(minutes=10)
CODE_DIGITS = 6
MOST_TRIES = 5  # of one code
# The code of the list stands alone, with no link before it: too many to be guessed, and none is misread.
LIST_ALPHABET, LIST_CODE_LENGTH = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 10
SHORTEST_PASSPHRASE = 12
MOST_PASSPHRASE_TRIES, PASSPHRASE_WINDOW = 20, timedelta(hours=1)


class May(StrEnum):
    """Each may do what those before it may."""

    VIEW = "view"
    COMMENT = "comment"
    RECOMMEND = "recommend"


MAY_TITLES = {
    May.VIEW: noop("See it"),
    May.COMMENT: noop("See it and comment"),
    May.RECOMMEND: noop("See it, comment and recommend a decision"),
}


class Proof(StrEnum):
    """How a guest shows that it is them."""

    CODE = "code"
    PASSPHRASE = "passphrase"


class Standing(StrEnum):
    OPEN = "open"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ERASED = "erased"
    SWITCHED_OFF = "switched_off"  # the brand shares with nobody outside
    CLOSED = "closed"  # the brand is
    TRASHED = "trashed"
    SOURCE_STOPPED = "source_stopped"  # what the clip is made from may not be used
    OVER = "over"  # its review was taken back, rejected, or its approval withdrawn
    INVITER_GONE = "inviter_gone"  # nobody of the brand answers for it


# For good: nothing opens by such a link again. The others may pass.
ENDED = frozenset({Standing.REVOKED, Standing.EXPIRED, Standing.ERASED})


class Advice(StrEnum):
    """What a guest would do. It is a recommendation: nothing counts it as a decision."""

    APPROVE = "approve"
    CHANGES = "changes"
    REJECT = "reject"


ADVICE_TITLES = {
    Advice.APPROVE: noop("Approve"),
    Advice.CHANGES: noop("Request changes"),
    Advice.REJECT: noop("Reject"),
}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What decides whether a link opens anything."""

    expires_at: datetime
    revoked: bool = False
    erased: bool = False
    brand_shares: bool = True
    brand_closed: bool = False
    trashed: bool = False
    source_stopped: bool = False
    over: bool = False
    inviter_gone: bool = False


def standing(facts: Facts, *, at: datetime) -> Standing:
    """How the link stands. Whatever ends it for good is named before what may pass."""
    if facts.erased:
        return Standing.ERASED
    if facts.revoked:
        return Standing.REVOKED
    if facts.expires_at <= at:
        return Standing.EXPIRED
    if facts.over:
        return Standing.OVER
    if facts.brand_closed:
        return Standing.CLOSED
    if not facts.brand_shares:
        return Standing.SWITCHED_OFF
    if facts.inviter_gone:
        return Standing.INVITER_GONE
    if facts.trashed:
        return Standing.TRASHED
    return Standing.SOURCE_STOPPED if facts.source_stopped else Standing.OPEN


def allows(granted: May, wanted: May) -> bool:
    """Whether a link that grants one allows the other.

    >>> allows(May.COMMENT, May.VIEW), allows(May.COMMENT, May.RECOMMEND)
    (True, False)
    """
    order = list(May)
    return order.index(granted) >= order.index(wanted)


def refusal(granted: May, wanted: May, *, review_is_open: bool, newer: bool) -> str:
    """Why a guest can't say something now, in a sentence that is marked for translation; empty: they can."""
    if not allows(granted, wanted):
        return (
            noop("Your link doesn't include comments.")
            if wanted is May.COMMENT
            else noop("Your link doesn't include recommendations.")
        )
    if newer:
        return noop("A newer version was sent. Ask for a link to that one.")
    if not review_is_open:
        return noop("This review is over.")
    return ""


def ends_at(session_began: datetime, *, link_expires: datetime) -> datetime:
    return min(session_began + SESSION, link_expires)


def typed(code: str) -> str:
    """A code as it was made, however it is typed.

    >>> typed(" abcde-fgh 23 ")
    'ABCDEFGH23'
    """
    return "".join(each for each in code.upper() if each.isalnum())


def shown(code: str) -> str:
    """A code in groups of five where it is long.

    >>> shown("ABCDEFGH23"), shown("123456")
    ('ABCDE-FGH23', '123456')
    """
    return f"{code[:5]}-{code[5:]}" if len(code) == LIST_CODE_LENGTH else code


def masked(email: str) -> str:
    """An address so that its owner knows it again.

    >>> masked("ada@studio.example")
    'a•••@studio.example'
    """
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
