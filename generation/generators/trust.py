"""Which model folders may be loaded: known pipelines of known parts, and weights that carry no code."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dam.core.language import gettext as _
from generation.generators import families
from generation.generators.base import GeneratorError

_UNSAFE = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".msgpack", ".h5", ".py", ".so")


def check(folder: Path) -> None:
    """Refuse a folder that names foreign code or holds weights that can carry it. Raises GeneratorError."""
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
        check_index(index, folder=folder.name)
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise GeneratorError(
            _("%(folder)s is not a diffusers pipeline folder.") % {"folder": folder.name}
        ) from error
    for path in folder.rglob("*"):
        if path.suffix.lower() in _UNSAFE:
            raise GeneratorError(
                _("%(folder)s holds %(file)s: only safetensors weights are loaded.")
                % {"folder": folder.name, "file": path.name}
            )


def check_index(index: Mapping[str, Any], *, folder: str) -> None:
    """Refuse what a model_index.json names beyond what is trusted. Raises GeneratorError."""
    family = families.of(index.get("_class_name"))
    if family is None:
        raise GeneratorError(
            _("%(name)s is not a pipeline that Reelproof runs.") % {"name": index.get("_class_name")}
        )
    trusted = [list(pair) for pair in family.trusted]  # lists: what a value holds need not have a hash
    for name, value in index.items():
        # diffusers imports whatever module is named here, so a folder could run code of its choice.
        setting = value is None or isinstance(value, bool | int | float | str)
        part = value == [None, None] or value in trusted
        if not (name.startswith("_") or setting or part):
            raise GeneratorError(
                _("%(folder)s names %(value)s as its %(name)s, which is not trusted.")
                % {"folder": folder, "value": value, "name": name}
            )
