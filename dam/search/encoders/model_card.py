"""Which encoder is installed: read from its folder, without loading it."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from dam.core import errors, licences
from dam.core.language import gettext as _

CONFIG = "open_clip_config.json"
CARD = "reelproof.json"
WEIGHTS = ("open_clip_model.safetensors", "model.safetensors")
# What makes a folder the bundled kind of encoder (gated.py); its card names the folder of its other half.
GATED = ("classifier.safetensors", "sentences.safetensors", "concepts.safetensors", "gate.safetensors")
WORDS = ("label", "good_at", "bad_at", "licence")  # of a card
_SAMPLE = 1024 * 1024


class NoEncoder(errors.Refused):
    """ENCODER_MODEL names no folder with an encoder."""

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
    # Of one that has two halves: the encoder of drawn pictures, and where it lies.
    drawn_in: Path | None = None
    drawn: "EncoderCard | None" = None

    @property
    def noncommercial(self) -> bool:
        return licences.forbids_commercial_use(self.licence)


def current() -> EncoderCard:
    """The card of settings.ENCODER_MODEL. Raises NoEncoder, also for a licence that isn't allowed here."""
    card = read(current_folder())
    if card.noncommercial and not settings.NONCOMMERCIAL_MODELS:
        raise NoEncoder(
            _(
                "%(model)s is under %(licence)s, which doesn't allow commercial use. "
                "Set NONCOMMERCIAL_MODELS=1 if that is all right here."
            )
            % {"model": card.label, "licence": card.licence}
        )
    return card


def current_folder() -> Path:
    """Where the encoder in use should lie."""
    return folder_of(settings.ENCODER_MODEL)


def folder_of(name: str) -> Path:
    """Where a model lies: the folder that is named, or the one that a published name is fetched into."""
    folder = Path(name)
    if folder.is_dir() or folder.is_absolute() or name.startswith("."):
        return folder
    return Path(settings.MODELS_DIR) / re.sub(r"[^\w.-]+", "--", name.removeprefix("hf-hub:").strip("/"))


def read(folder: Path) -> EncoderCard:
    """The card of the model in a folder; read again when a file of it changes. Raises NoEncoder."""
    files = (*weights_in(folder), *(path for path in (folder / CARD,) if path.is_file()))
    own = _read(folder, files, tuple(path.stat().st_mtime_ns for path in files))
    return own if own.drawn_in is None else _with_drawn(own, read(own.drawn_in))


def weights_in(folder: Path) -> tuple[Path, ...]:
    """The files of weights in a folder: OpenCLIP's one, or the parts of a gated encoder. Raises NoEncoder."""
    if all((folder / name).is_file() for name in GATED):
        return tuple(folder / name for name in GATED)
    for name in WEIGHTS:
        if (folder / name).is_file() and (folder / CONFIG).is_file():
            return (folder / name,)
    raise NoEncoder(
        f"{folder} has no {CONFIG} with {WEIGHTS[0]} beside it. Set ENCODER_MODEL to such a folder,"
        " or fetch a model with manage.py fetch_encoder."
    )


@lru_cache(maxsize=8)
def _read(folder: Path, files: tuple[Path, ...], _changed: tuple[int, ...]) -> EncoderCard:
    weights = [path for path in files if path.name != CARD]
    prints = "".join(_fingerprint(path) for path in weights)
    digest = prints if len(weights) == 1 else _short(prints)
    card: dict[str, Any] = json.loads((folder / CARD).read_text()) if folder / CARD in files else {}
    words: dict[str, Any] = {name: str(value) for name, value in card.items() if name in WORDS}
    words.setdefault("label", folder.name)
    return EncoderCard(
        identity=_identity(folder, digest),
        folder=folder,
        vocabulary=frozenset(card.get("vocabulary", ())),
        drawn_in=folder / str(card.get("drawn", "drawn")) if weights[0].name in GATED else None,
        **words,
    )


@lru_cache(maxsize=8)
def _with_drawn(own: EncoderCard, drawn: EncoderCard) -> EncoderCard:
    digest = _short(own.identity + drawn.identity)
    return replace(own, identity=_identity(own.folder, digest), drawn=drawn)


def _identity(folder: Path, digest: str) -> str:
    return f"{folder.name}@{digest}"[-120:]


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _fingerprint(weights: Path) -> str:
    """Eight hex digits for these weights: their size, beginning and end, for some are gigabytes."""
    size = weights.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with weights.open("rb") as file:
        digest.update(file.read(_SAMPLE))
        file.seek(max(0, size - _SAMPLE))
        digest.update(file.read())
    return digest.hexdigest()[:8]
