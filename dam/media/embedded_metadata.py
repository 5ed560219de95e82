"""What a file says of itself, in words: title, keywords, rights, how it was made. Pure.

IPTC's properties in XMP (dam.media.xmp) come first, then those of the older IPTC-IIM (dam.media.iim), then
what a container says. A statement of whoever wrote the file, and no proof of anything.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from dam.core import foreign_text
from dam.media import digital_source_types

XMP, IIM, CONTAINER = "XMP", "IPTC-IIM", "container"

# Characters at most, of each text. What is longer is cut, and said to be.
LONGEST = {
    "title": 200,
    "description": 5_000,
    "creator": 500,
    "credit": 500,
    "copyright": 2_000,
    "usage": 5_000,
    "comment": 5_000,
    "source_type": 200,
    "ai_system": 300,
    "ai_system_version": 300,
    "ai_prompt": 10_000,
}
LINES = {"description", "copyright", "usage", "comment", "ai_prompt"}  # of these lines stay lines
# How it was made here is shown to those who work with drafts alone: what a file says of that is, too. Many
# generators write it, and whole workflows, into the comment.
INSIDE = {"ai_prompt", "ai_system", "ai_system_version", "comment"}
# What generators write where a title or a description is meant to be; no person writes such things.
_PROMPT = re.compile(
    r"(?<!\S)--(?:v|ar)\s|\bNegative prompt:|\bJob ID:\s*[0-9a-f]{8}-|^\{\s*\"|^\[\s*\{\s*\"",
    re.IGNORECASE,
)
_MOST_JSON = 100_000  # characters that are parsed to see whether they are JSON
LONGEST_KEYWORD, MOST_KEYWORDS = 100, 200
MOST_PARTS = 5_000  # of lists of keywords are looked at: most may be one and the same, or nothing
# Characters that are normalised at once: of marks heaped up it takes the square of their number.
_MOST_NORMALISED = 10_000


@dataclass(frozen=True)
class EmbeddedMetadata:
    """Texts by the names of LONGEST, in which `sources` each was found; what was cut, or couldn't be read.

    `unread` names sources: there is something, and it is damaged or too large.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    shortened: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.texts or self.keywords or self.unread)

    @property
    def declared_origin(self) -> str:
        """The origin (dam.catalog.models.DeclaredOrigin) that its digital source type stands for, or none."""
        return digital_source_types.ORIGINS.get(self.texts.get("source_type", ""), "")

    def words(self, *, inside: bool) -> list[str]:
        """What is searched of it: for everybody, or `inside` for those who work with drafts."""
        texts = [text for name, text in self.texts.items() if (name in INSIDE) == inside]
        return texts if inside else [*texts, *self.keywords]

    def to_json(self) -> dict[str, Any]:
        """Plain values, without what is empty."""
        whole = {
            "texts": dict(self.texts),
            "keywords": list(self.keywords),
            "sources": dict(self.sources),
            "shortened": list(self.shortened),
            "unread": list(self.unread),
        }
        return {name: value for name, value in whole.items() if value}

    @classmethod
    def from_json(cls, data: Any) -> "EmbeddedMetadata":
        """The inverse; nothing of what isn't as to_json wrote it, or has names that are unknown."""
        if not isinstance(data, Mapping):
            return cls()
        texts = {name: str(text) for name, text in _mapping(data.get("texts")).items() if name in LONGEST}
        return cls(
            texts=texts,
            keywords=_texts(data.get("keywords")),
            sources={name: str(source) for name, source in _mapping(data.get("sources")).items()},
            shortened=_texts(data.get("shortened")),
            unread=_texts(data.get("unread")),
        )


def merge(
    found: Iterable[tuple[str, Mapping[str, Iterable[str]]]], *, unread: Iterable[str]
) -> EmbeddedMetadata:
    """One of what each source says, (source, its values by name): of each text the first source that has it.

    "keywords" has one value for each, all others are one text; several creators are one line. A title or
    description that is how a generator was asked for it, is kept with the prompt.
    """
    texts: dict[str, str] = {}
    prompts: list[tuple[str, bool, str]] = []
    sources: dict[str, str] = {}
    shortened: list[str] = []
    keywords: tuple[str, ...] = ()
    for source, values in found:
        for name in (name for name in LONGEST if name not in texts and name in values):
            text, cut = _text(name, values[name])
            if name in ("title", "description") and is_prompt(_first(values[name])):
                prompts.append((*_text("ai_prompt", values[name]), source))
            elif text:
                texts[name], sources[name] = text, source
                shortened += [name] if cut else []
        if not keywords and "keywords" in values:
            keywords, cut = _keywords(values["keywords"])
            if keywords:
                sources["keywords"] = source
                shortened += ["keywords"] if cut else []
    for text, cut, source in prompts:
        before = texts.get("ai_prompt", "")
        if text not in before:
            texts["ai_prompt"], more = _text("ai_prompt", [f"{before}\n\n{text}"])
            sources.setdefault("ai_prompt", source)
            shortened += ["ai_prompt"] if (cut or more) and "ai_prompt" not in shortened else []
    if "source_type" in texts:
        texts["source_type"] = re.split(r"[/:#]", texts["source_type"].rstrip("/"))[-1]
    return EmbeddedMetadata(texts, keywords, sources, tuple(shortened), tuple(dict.fromkeys(unread)))


def is_prompt(text: str) -> bool:
    """Whether it is how a generator was asked for something: a prompt with its parameters, or JSON.

    >>> is_prompt("a penguin --ar 16:9 --v 6.1"), is_prompt("A penguin, at noon")
    (True, False)
    """
    text = text.strip()
    steps = text.find("Steps:")
    if _PROMPT.search(text) or (steps >= 0 and text.find("Sampler:", steps) >= 0):
        return True
    if not text.startswith(("{", "[")) or len(text) > _MOST_JSON:
        return False
    try:
        json.loads(text)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value.strip()), "")


def _text(name: str, values: Iterable[str]) -> tuple[str, bool]:
    """The text and whether it was cut."""
    longest = LONGEST[name]
    whole = "; ".join(values) if name == "creator" else _first(values)
    # First so that no more letters are looked at one by one than there can be of use.
    text = whole[: 4 * longest]
    if name in LINES:
        text = foreign_text.neutral(re.sub(r"\r\n?|[\u2028\u2029]", "\n", text)).strip()
    else:
        text = foreign_text.line(text, longest=len(text) + 1)
    more = len(whole) > 4 * longest or len(text) > _MOST_NORMALISED
    text = normalize("NFC", text[:_MOST_NORMALISED])
    return foreign_text.cut(text, longest), more or len(text) > longest


def _keywords(values: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """Each once, in order, and whether any was cut.

    A single one that is a list is taken apart; of several each is one, as "Paris, France" is.
    """
    parts = list(values)
    if len(parts) == 1:
        parts = re.split(r"[,;\n]", parts[0], maxsplit=MOST_PARTS)
    cut = len(parts) > MOST_PARTS
    found: dict[str, str] = {}
    for part in parts[:MOST_PARTS]:
        word = normalize("NFC", foreign_text.line(part[: 4 * LONGEST_KEYWORD], longest=LONGEST_KEYWORD))
        if not word or word.casefold() in found:
            continue
        if len(found) == MOST_KEYWORDS:
            return tuple(found.values()), True
        cut = cut or len(part.strip()) > LONGEST_KEYWORD
        found[word.casefold()] = word
    return tuple(found.values()), cut


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
