"""What is said of files that are imported: in CLIP.mp4.json beside each, or in rows of one CSV."""

import csv
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dam.core import errors
from dam.ingest import folders
from dam.ingest.details import RIGHTS, Details

SUFFIX = ".json"
MOST_BYTES = 1_000_000  # of one JSON
OWN = "own-"  # before the key of a field of the brand's own, in a column's name
WORDS = ("title", *RIGHTS, "declared_origin")


class SidecarRefused(errors.Refused):
    """What is said of a file can't be read: it isn't taken then, so that it can be mended and taken."""

    code = "sidecar"


def beside(path: Path) -> Path:
    return path.with_name(f"{path.name}{SUFFIX}")


def is_one(path: Path) -> bool:
    """Whether it says something of a file beside it, and is none to import itself."""
    return path.suffix == SUFFIX and os.path.isfile(path.with_name(path.name.removesuffix(SUFFIX)))


def read(path: Path, *, root: Path | None = None) -> Details | None:
    """What the JSON beside a file says, itself in `root`; None where there is none. Raises SidecarRefused."""
    place = beside(path)
    if not place.is_file():
        return None
    if place.is_symlink():
        raise SidecarRefused("Its sidecar is a link.")
    try:
        with folders.open_inside(place, root=root) as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise SidecarRefused("Its sidecar is too large.")
        said = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError, OSError) as problem:
        raise SidecarRefused(f"Its sidecar can't be read as JSON: {problem}") from None
    if not isinstance(said, dict):
        raise SidecarRefused("Its sidecar must be a JSON object.")
    own = said.pop("fields", {})
    if not isinstance(own, dict):
        raise SidecarRefused("“fields” in its sidecar must be an object of the fields' keys.")
    return _details({**said, **{f"{OWN}{key}": value for key, value in own.items()}})


def read_table(path: Path) -> tuple[dict[Path, Details], dict[Path, str]]:
    """A CSV with a column `file`, relative to its folder, and one for each detail; what is wrong, by file.

    Raises SidecarRefused for a table that can't be read as a whole.
    """
    found: dict[Path, Details] = {}
    problems: dict[Path, str] = {}
    folder = folders.real(path).parent
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if "file" not in (rows.fieldnames or ()):
                raise SidecarRefused("The CSV needs a column “file”.")
            for row in rows:
                name = (row.pop("file") or "").replace("\0", "")
                place = folders.real(folder / name)
                where = f"Line {rows.line_num} of the CSV"
                if not name or not place.is_relative_to(folder):
                    problems[folder / f"line {rows.line_num}"] = f"{where} names no file of its folder."
                elif place in found or place in problems:
                    problems[place] = f"{where} names the file a second time."
                elif None in row or None in row.values():
                    problems[place] = f"{where} has more or fewer cells than there are columns."
                else:
                    try:
                        found[place] = _details({key: value for key, value in row.items() if value})
                    except SidecarRefused as refused:
                        problems[place] = f"{where}: {refused.message}"
    except (UnicodeDecodeError, csv.Error, OSError, ValueError) as problem:
        raise SidecarRefused(f"The CSV can't be read: {problem}") from None
    for place in problems:
        found.pop(place, None)
    return found, problems


def _details(said: Mapping[str, Any]) -> Details:
    unknown = [key for key in said if key not in (*WORDS, "tags") and not key.startswith(OWN)]
    if unknown:
        raise SidecarRefused(f"“{str(unknown[0])[:60]}” isn't a detail of a clip.")
    own = {key.removeprefix(OWN): _own(key, value) for key, value in said.items() if key.startswith(OWN)}
    return Details(
        **{key: _text(key, said.get(key, "")) for key in WORDS},
        tags=tuple(filter(None, map(str.strip, _texts("tags", said.get("tags", ""))))),
        fields=own,
    )


def _own(key: str, value: Any) -> tuple[str, ...]:
    """One text, or several options in a list; a list of one text in CSV is that text."""
    return tuple(_text(key, each) for each in value) if isinstance(value, list) else (_text(key, value),)


def _texts(key: str, value: Any) -> list[str]:
    return [_text(key, each) for each in value] if isinstance(value, list) else _text(key, value).split(",")


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | str):
        return str(value).replace("\0", "")
    raise SidecarRefused(f"“{key[:60]}” must be a text.")
