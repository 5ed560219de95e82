"""The documentation leads to what is there, and leaves no page out."""

import re
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PLACES = ("*.md", "docs/**/*.md", "tests/**/*.md", "generation/**/*.md")
PAGES = sorted({path for place in PLACES for path in BASE_DIR.glob(place)})
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(page: Path) -> set[Path]:
    """The files that a page links to."""
    found = LINK.findall(page.read_text(encoding="utf-8"))
    inside = [link.partition("#")[0] for link in found if not re.match(r"[a-z]+:|#", link)]
    return {(page.parent / link).resolve() for link in inside}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(BASE_DIR).as_posix())
def test_every_link_leads_to_a_file(page: Path) -> None:
    missing = [str(link.relative_to(BASE_DIR)) for link in links(page) if not link.exists()]
    assert missing == []


@pytest.mark.parametrize("folder", ["docs", "docs/decisions"])
def test_every_page_is_in_the_index_of_its_folder(folder: str) -> None:
    index = BASE_DIR / folder / "README.md"
    assert {*index.parent.glob("*.md"), *index.parent.glob("*.svg")} - {index} <= links(index)


def test_every_test_that_a_page_names_exists() -> None:
    named = re.findall(r"`(tests/[^`:]+)::([^`]+)`", (BASE_DIR / "docs/peers.md").read_text(encoding="utf-8"))
    missing = [f"{file}::{name}" for file, name in named if not is_test(BASE_DIR / file, name)]
    assert named
    assert missing == []


def is_test(path: Path, name: str) -> bool:
    begin = f'\ntest("{name}"' if path.suffix == ".js" else f"def {name}("
    return path.exists() and begin in path.read_text(encoding="utf-8")


def test_no_two_decisions_have_one_number() -> None:
    numbers = [path.name[:4] for path in (BASE_DIR / "docs/decisions").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))


def test_every_target_of_make_is_explained() -> None:
    makefile = (BASE_DIR / "Makefile").read_text()
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]
    explained = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))
    assert set(phony) - explained == {"chromium"}  # part of `make test`
