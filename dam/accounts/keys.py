"""Secrets that let a program or a guest in. Whoever is given one sees it once; only its hash is kept.

A secret is drawn from 256 random bits, so a plain SHA-256 of it can't be guessed back, as one of a password
could. Its first characters are kept as they are: they find the row, and people tell their keys apart by them.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

PREFIX_LENGTH = 12


class KeyKind(StrEnum):
    """What a secret begins with, so that a leaked one is recognised for what it is."""

    TOKEN = "rpt_"
    SHARE = "rps_"
    SETUP = "rpf_"
    INVITATION = "rpi_"
    SCIM = "rpd_"
    GUEST = "rpg_"


@dataclass(frozen=True)
class Key:
    secret: str
    prefix: str
    digest: str


def new(kind: KeyKind) -> Key:
    secret = f"{kind}{secrets.token_urlsafe(32)}"
    return Key(secret=secret, prefix=prefix_of(secret), digest=digest(secret))


def prefix_of(secret: str) -> str:
    """By which it is looked up; "" for what no secret of ours can be, and no database takes."""
    return secret[:PREFIX_LENGTH] if secret.isascii() and secret.isprintable() else ""


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def opens(secret: str, *, kept: str) -> bool:
    """Whether the secret is the one whose digest was kept; takes the same time for every wrong one."""
    return hmac.compare_digest(digest(secret), kept)
