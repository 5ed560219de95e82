"""What a signed file says in JSON, read so that no value of it can surprise. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from dam.core import foreign_text

DEEPEST = 64
MOST = 100  # of the entries of a list that are shown; files of ours have a handful


def mapping(value: Any) -> Mapping[str, Any]:
    """A signed file may hold anything anywhere: what is no object counts as an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def strings(value: Any) -> tuple[str, ...]:
    return tuple(line(item) for item in value[:MOST]) if isinstance(value, list) else ()


def facts(value: Any, *, of: Collection[str] | None = None) -> dict[str, Any]:
    """What a mapping says in numbers and single lines; of these names alone where they are given."""
    named = [(key, each) for key, each in mapping(value).items() if of is None or key in of]
    return {line(key): each if isinstance(each, int | float) else line(each) for key, each in named[:MOST]}


def line(value: Any) -> str:
    """A name as the file has it, in one line that shows all it holds; nothing for nothing."""
    return foreign_text.line(str(value or ""))


def clean(value: Any, *, depth: int = 0) -> Any:
    """Without what neither a database nor a page can hold: hidden characters, endless nesting."""
    if isinstance(value, str):
        return foreign_text.neutral(value, mark="\ufffd")
    if isinstance(value, Mapping | list) and depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {clean(key): clean(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item, depth=depth + 1) for item in value]
    return value
