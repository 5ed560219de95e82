"""The keys that events are sealed with. They are not in the database: who can only write there can't seal.

`AUDIT_KEY`, or a key made once and kept with the signing keys. Several, newest first, when a key was
changed: the first seals, all are known when the trail is checked.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

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
    return tuple(_seal(word) for word in given or _kept(folder / FILE_NAME))


def _seal(word: str) -> Seal:
    key = word.encode()
    return Seal(name=hashlib.sha256(b"seal:" + key).hexdigest()[:8], key=key)


def _kept(path: Path) -> list[str]:
    """The keys in the file, which is made where there is none."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            # O_EXCL: of two processes that start together, one writes and the other reads.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(_BYTES) + "\n")
    return path.read_text().split()
