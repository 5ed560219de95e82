"""Which encoder is installed: read from its folder, without loading it."""

import hashlib
import json
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from dam.core import errors

CONFIG = "open_clip_config.json"
CARD = "reelproof.json"
WEIGHTS = ("open_clip_model.safetensors", "model.safetensors")
_SAMPLE = 1024 * 1024


class NoEncoder(errors.Refused):
    """ENCODER_MODEL names no folder with an OpenCLIP model."""

    code = "no_encoder"


@dataclass(frozen=True)
class EncoderCard:
    """What is known of an encoder. `reelproof.json` beside the weights may fill in the words."""

    identity: str
    folder: Path
    label: str
    good_at: str = ""
    bad_at: str = ""
    licence: str = ""  # SPDX identifier, or empty where nobody has said
    # The words a small encoder has learned; empty for one that reads any text.
    vocabulary: frozenset[str] = frozenset()


def current() -> EncoderCard:
    """The card of settings.ENCODER_MODEL. Raises NoEncoder."""
    return read(current_folder())


def current_folder() -> Path:
    """Where the encoder in use should lie."""
    return Path(settings.ENCODER_MODEL)


def read(folder: Path) -> EncoderCard:
    """The card of the model in a folder; read again when the weights change. Raises NoEncoder."""
    weights = weights_in(folder)
    return _read(folder, weights, weights.stat().st_mtime_ns)


def weights_in(folder: Path) -> Path:
    """The weights file OpenCLIP loads from a folder. Raises NoEncoder."""
    for name in WEIGHTS:
        if (folder / name).is_file() and (folder / CONFIG).is_file():
            return folder / name
    raise NoEncoder(
        f"{folder} has no {CONFIG} with {WEIGHTS[0]} beside it. Set ENCODER_MODEL to such a folder."
    )


@lru_cache(maxsize=4)
def _read(folder: Path, weights: Path, _changed: int) -> EncoderCard:
    identity = f"{folder.name}@{_fingerprint(weights)}"
    card: dict[str, Any] = {}
    if (folder / CARD).is_file():
        card = json.loads((folder / CARD).read_text())
    known = {field.name for field in fields(EncoderCard)} - {"identity", "folder", "vocabulary"}
    words = {name: str(value) for name, value in card.items() if name in known}
    words.setdefault("label", folder.name)
    return EncoderCard(
        identity=identity[-120:], folder=folder, vocabulary=frozenset(card.get("vocabulary", ())), **words
    )


def _fingerprint(weights: Path) -> str:
    """Eight hex digits for these weights: their size, beginning and end, for some are gigabytes."""
    size = weights.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with weights.open("rb") as file:
        digest.update(file.read(_SAMPLE))
        file.seek(max(0, size - _SAMPLE))
        digest.update(file.read())
    return digest.hexdigest()[:8]
