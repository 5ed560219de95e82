"""The names in the activity log, kept apart from its events so that one can be erased.

An event seals a salted hash of the name. While the salt is here anybody can check that the name shown is the
one that was sealed; once name and salt are gone the hash tells nothing, and the seal holds as it did.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from dam.accounts.models import User
from dam.audit.models import Event, SealedName


@dataclass(frozen=True)
class Named:
    """Somebody or something with a name that may have to be erased: "user:12", "Ada"."""

    reference: str
    name: str


def of_person(person: User) -> Named:
    return Named(f"user:{person.pk}", str(person))


def unsealed(named: Named) -> SealedName:
    """The name before it has its row: `seal_all` gives it one."""
    return SealedName(reference=named.reference[:40], name=named.name[:120])


def seal_all(events: Iterable[Event]) -> None:
    """Give the events' names their rows: known ones are used again. Called with the brands' chains locked."""
    events = list(events)
    wanted = {
        (label.reference, label.name): label
        for event in events
        for label in (event.actor_label, event.about_label)
        if label is not None
    }
    if not wanted:
        return
    known = _known(wanted)
    missing = [
        _salted(reference, name) for reference, name in sorted(wanted) if (reference, name) not in known
    ]
    if missing:
        SealedName.objects.bulk_create(missing, ignore_conflicts=True)
        known = _known(wanted)  # somebody else may have been first with one of them
    for event in events:
        for field in ("actor_label", "about_label"):
            label = getattr(event, field)
            if label is not None:
                setattr(event, field, known[label.reference, label.name])


def holds(label: SealedName) -> bool:
    """Whether the name is the one that was sealed. Of an erased one nothing is left to be wrong."""
    if label.erased_at is not None:
        return True
    return hmac.compare_digest(label.digest, _digest(label.reference, label.name, salt=label.salt))


def erase(reference: str, *, at: datetime) -> int:
    """Forget every name of this person, and of the tokens that acted for them. How many there were."""
    of_tokens = Q(reference__startswith="token:", reference__endswith=f" {reference}")
    rows = SealedName.objects.filter(Q(reference=reference) | of_tokens, erased_at=None)
    return rows.update(name="", salt="", erased_at=at)


def _known(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], SealedName]:
    pairs = list(wanted)
    rows = SealedName.objects.filter(
        reference__in={reference for reference, _ in pairs},
        name__in={name for _, name in pairs},
        erased_at=None,
    )
    return {(row.reference, row.name): row for row in rows}


def _salted(reference: str, name: str) -> SealedName:
    salt = secrets.token_hex(16)
    return SealedName(digest=_digest(reference, name, salt=salt), reference=reference, name=name, salt=salt)


def _digest(reference: str, name: str, *, salt: str) -> str:
    return hashlib.sha256(f"{salt}\n{reference}\n{name}".encode()).hexdigest()
