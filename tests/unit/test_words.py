"""Phrases that docs/words.md replaced don't come back where people read them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DROPPED = (
    r"\bis waited for\b",
    r"\bnot reached\b",
    r"\bthe house\b",
    r"\bnobody\b",
    r"\bsomebody\b",
    r"\beverybody\b",
    r"\bwhoever\b",
    r"\bmend(ed|s)?\b",
    r"\bbrought in\b",
    r"\bbring in\b",
    r"\bto be used\b",
    r"\b(not|are|was not) taken\b",
    r"\bby itself\b",
    r"\bof its own\b",
    r"\blooked at\b",
    r"\bits maker\b",
    r"\bthe maker\b",
    r"\bmade anew\b",
    r"\bno room\b",
    r"\bout of reach\b",
    r"\bat the moment\b",
    r"\bmeanwhile\b",
    r"\btime-stamp",
    r"\be-mail\b",
    r"\btell your administrator\b",
    r"\bload the page again\b",
    r"\bdoes not include\b",
    r"\bthere is no such\b",
    r" …",
)
FORBIDDEN = re.compile("|".join(DROPPED), re.IGNORECASE)
COMMENTS = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
TAGS = re.compile(
    r"\{%\s*(?:if|elif|for|url|with)\b.*?%\}|(?:id|name|class|href|aria-labelledby)=\"[^\"]*\"", re.DOTALL
)
JS_COMMENT = re.compile(r"^\s*//.*$|\s//\s.*$", re.MULTILINE)
# What is in a log, a type or a model's own words is not read on a page.
APART = ("migrations", "previz", "evaluation", "demo_data")


def pages() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def scripts() -> Iterator[Path]:
    yield from (ROOT / "dam/static/dam/js").rglob("*.js")


def modules() -> Iterator[Path]:
    for app in ("dam", "generation", "provenance"):
        for path in (ROOT / app).rglob("*.py"):
            if not set(path.relative_to(ROOT).parts) & set(APART):
                yield path


def sentences(source: str) -> Iterator[str]:
    """The strings of a module that are not docstrings and not words for a log."""
    tree = ast.parse(source)
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    logged = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.")
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | logged:
            yield node.value


def found(text: str) -> list[str]:
    return [" ".join(hit.group().split()) for hit in FORBIDDEN.finditer(" ".join(text.split()))]


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_uses_the_words_of_the_glossary(path: Path) -> None:
    assert not found(TAGS.sub(" ", COMMENTS.sub("", path.read_text())))


def test_a_script_uses_the_words_of_the_glossary() -> None:
    hits = {path.name: found(JS_COMMENT.sub("", path.read_text())) for path in scripts()}
    assert not {name: words for name, words in hits.items() if words}


def test_a_message_uses_the_words_of_the_glossary() -> None:
    hits = {
        f"{path.relative_to(ROOT)}: {text[:80]}"
        for path in modules()
        for text in sentences(path.read_text())
        if " " in text and found(text)  # a word alone is a name for programs
    }
    assert not sorted(hits)


def test_a_dropped_phrase_is_noticed_wherever_a_line_breaks() -> None:
    assert found("Not to be\n  used yet.") == ["to be used"]
