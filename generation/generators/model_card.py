"""What a model folder says about itself, read without torch: for the web process and for the queue's edge.

A folder is a diffusers pipeline. Ours carry a `reelproof.json` beside `model_index.json`; for any other
folder of a family that runs here the same is derived from its configurations.
"""

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from dam.core.language import gettext as _
from generation import weights
from generation.generators import families, source
from generation.generators.base import Capabilities, GeneratorError, ModelIdentity
from generation.generators.modes import Mode
from generation.prompt_parser import Lexicon

# What reading a value of another kind raises: nothing, a list, nought.
_MALFORMED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything about a generator that can be known before its weights are loaded."""

    identity: ModelIdentity
    capabilities: Capabilities
    max_tokens: int
    lexicon: Lexicon | None
    """None for a model that reads free text."""


def read(folder: Path, *, digest: bool = False) -> ModelCard:
    """Read a folder's card. Raises GeneratorError if it is no pipeline that we know.

    With `digest` the weight files are read through: a card's claim about them must hold, and a folder
    without a card gets its digest. Without, such a folder's `weights_sha256` is empty.
    """
    card = _written(folder) if (folder / weights.CARD_NAME).exists() else _derived(folder)
    if not digest:
        return card
    actual = weights.digest(folder)
    claimed = card.identity.weights_sha256
    if claimed and claimed != actual:
        raise GeneratorError(
            _("The weights in %(folder)s are not those its card describes.") % {"folder": folder.name}
        )
    return replace(card, identity=replace(card.identity, weights_sha256=actual))


def _written(folder: Path) -> ModelCard:
    path = folder / weights.CARD_NAME
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _parsed(path: Path, _modified: int) -> ModelCard:
    """A lexicon of thousands of words is read once, not with every letter that somebody types."""
    folder, data = path.parent, _json(path)
    try:
        words = data.get("lexicon")
        return ModelCard(
            identity=ModelIdentity(
                name=data["name"],
                version=data["version"],
                licence=data["licence"],
                weights_sha256=data["weights_sha256"],
                pipeline_class=data["pipeline_class"],
                early_checkpoint=bool(data["early_checkpoint"]),
                note=data["note"],
            ),
            capabilities=Capabilities(
                sizes=tuple((int(width), int(height)) for width, height in data["sizes"]),
                min_frames=int(data["min_frames"]),
                max_frames=int(data["max_frames"]),
                frame_step=int(data["frame_step"]),
                frame_rate=Fraction(data["frame_rate"]),
                default_steps=int(data["default_steps"]),
                max_steps=int(data["max_steps"]),
                default_guidance=float(data["default_guidance"]),
                modes=tuple(Mode(mode) for mode in data.get("modes", [Mode.TEXT])),
            ),
            max_tokens=int(data["max_tokens"]),
            lexicon=Lexicon.from_json(words) if words else None,
        )
    except _MALFORMED as error:
        raise GeneratorError(
            _("%(file)s in %(folder)s is incomplete: %(why)s.")
            % {"file": weights.CARD_NAME, "folder": folder.name, "why": repr(error)}
        ) from error


def _derived(folder: Path) -> ModelCard:
    """A folder as published: what its family makes of its configurations."""
    index = _json(folder / "model_index.json")
    family = families.of(index.get("_class_name"))
    if family is None:
        raise GeneratorError(
            _("%(name)s is not a pipeline that Reelproof runs.") % {"name": index.get("_class_name")}
        )
    parts = families.Parts(
        index=index,
        autoencoder=_json(folder / "vae" / "config.json"),
        transformer=_json(folder / "transformer" / "config.json"),
    )
    try:
        capabilities = family.capabilities(parts)
    except _MALFORMED as error:
        raise GeneratorError(
            _("%(folder)s cannot be loaded: %(why)s") % {"folder": folder.name, "why": repr(error)}
        ) from error
    came = source.read(folder)
    return ModelCard(
        identity=ModelIdentity(
            name=came.repository.rpartition("/")[2] if came else folder.resolve().name,
            version=came.revision[:7] if came else "",
            licence=came.licence if came else "",
            weights_sha256=came.weights_sha256 if came else "",
            pipeline_class=str(index.get("_class_name", "")),
            early_checkpoint=False,
            note="",
        ),
        capabilities=capabilities,
        max_tokens=family.max_tokens,
        lexicon=None,
    )


def _json(path: Path) -> dict[str, Any]:
    named = {"file": path.name, "folder": path.parent.name}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise GeneratorError(_("%(folder)s holds no %(file)s: it is not a model folder.") % named) from error
    except (OSError, ValueError, RecursionError) as error:
        raise GeneratorError(
            _("%(file)s in %(folder)s cannot be read: %(why)s") % {**named, "why": error}
        ) from error
    if not isinstance(data, dict):
        raise GeneratorError(_("%(file)s in %(folder)s is not a JSON object.") % named)
    return data
