"""The keys that events are sealed with. They are not in the database: who can only write there can't seal.

`AUDIT_KEY`, or a key made once and kept with the signing keys. Several, newest first, when a key was
changed: the first seals, all are known when the trail is checked.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from dam import environment

FILE_NAME = "audit.key"
_BYTES = 32


@dataclass(frozen=True)
class Seal:
    """A key, and the name by which an event says that it was sealed with it (8 hexadecimal digits)."""

    name: str
    key: bytes

    def over(self, facts: bytes) -> str:
        """HMAC-SHA256 of the facts, in hexadecimal digits."""
        return hmac.new(self.key, facts, hashlib.sha256).hexdigest()


def current() -> Seal:
    """The seal for new events."""
    return _seals()[0]


def named(name: str) -> Seal | None:
    """The seal of this name; None where its key is not here."""
    return next((seal for seal in _seals() if seal.name == name), None)


def _seals() -> tuple[Seal, ...]:
    return _read(tuple(settings.AUDIT_KEYS), Path(settings.SIGNING_DIR))


@lru_cache(maxsize=4)
def _read(given: tuple[str, ...], folder: Path) -> tuple[Seal, ...]:
    known = given or environment.made_once(folder / FILE_NAME, lambda: secrets.token_hex(_BYTES)).split()
    return tuple(_seal(word) for word in known)


def _seal(word: str) -> Seal:
    key = word.encode()
    return Seal(name=hashlib.sha256(b"seal:" + key).hexdigest()[:8], key=key)
