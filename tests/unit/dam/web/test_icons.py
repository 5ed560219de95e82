"""Pictures are Lucide's own, and its archive is opened once."""

from typing import Any
from zipfile import ZipFile

import pytest
from lucide.jinja import lucide

from dam.web import icons


@pytest.mark.parametrize("name", ["search", "bell", "chevron-right", "circle-check-big"])
def test_a_picture_is_drawn_as_lucide_draws_it(name: str) -> None:
    assert icons.draw(name, size=16, role="img") == lucide(name, size=16, role="img")


def test_what_is_not_there_is_said_by_its_name() -> None:
    with pytest.raises(icons.NoSuchIcon, match="no-such-thing"):
        icons.draw("no-such-thing", size=16)


def test_the_archive_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    def counted(file: Any) -> ZipFile:
        opened.append(file)
        return ZipFile(file)

    monkeypatch.setattr(icons, "ZipFile", counted)
    icons._archive.cache_clear()
    try:
        for name in ("search", "bell", "x"):
            icons.draw(name, size=16)
        assert len(opened) == 1
    finally:
        icons._archive.cache_clear()
