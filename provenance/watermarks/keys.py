"""The installation's secret for watermarks: who has it can read them, forge them and take them out."""

import hashlib
import secrets
from pathlib import Path

from django.conf import settings

from dam import environment

FILE_NAME = "watermark.key"
_BYTES = 32


LAYERS = 3  # keys of the secret: what is made from marked pictures is marked by the next one


def of(layer: int) -> bytes:
    """By `WATERMARK_KEY`, or by a secret made once and kept with the signing keys."""
    made = settings.WATERMARK_KEY or environment.made_once(
        Path(settings.SIGNING_DIR) / FILE_NAME, lambda: secrets.token_hex(_BYTES)
    )
    return hashlib.sha256(f"watermark {layer}:{made.strip()}".encode()).digest()


def every() -> list[bytes]:
    return [of(layer) for layer in range(LAYERS)]
