"""Secrets of other systems (a mail server's password, a provider's client secret), encrypted in the database.

The key is derived from SECRET_KEY, so a copy of the database alone gives none of them away. After SECRET_KEY
was changed the old one in SECRET_KEY_FALLBACKS still opens what it closed.
"""

import base64
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression

PURPOSE = b"reelproof: secrets in the database"


class Unreadable(ValueError):
    """It was encrypted with a key that is not here: SECRET_KEY has changed."""


def encrypt(text: str) -> str:
    """Fernet (AES-128-CBC with HMAC-SHA-256) under the current key; "" stays ""."""
    return _keys().encrypt(text.encode()).decode() if text else ""


def decrypt(kept: str) -> str:
    """Raises Unreadable."""
    if not kept:
        return ""
    try:
        return _keys().decrypt(kept.encode()).decode()
    except InvalidToken:
        raise Unreadable(
            "A stored secret can't be read: SECRET_KEY has changed. Put the old key into "
            "SECRET_KEY_FALLBACKS, or enter the secret again."
        ) from None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that lies encrypted in the database. No query can look into it. Unreadable text is read as ""."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(str(value))

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> str | None:
        try:
            return None if value is None else decrypt(value)
        except Unreadable:
            return ""


def _keys() -> MultiFernet:
    return MultiFernet([_derived(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derived(key: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
