"""A brand with a librarian, and the colour encoder installed.

pytest reads this file before Django is set up, so the imports stand inside.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dam.accounts.models import Brand
    from dam.accounts.principals import Member
    from dam.search.results import Results


@pytest.fixture
def brand(db: None) -> Brand:
    from tests.factories import BrandFactory

    made: Brand = BrandFactory.create()
    return made


@pytest.fixture
def librarian(brand: Brand) -> Member:
    from dam.accounts.capabilities import Role
    from tests.factories import member

    return member(brand, Role.LIBRARIAN)


@pytest.fixture
def find(librarian: Member, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Results]:
    """`find("red bottle")`: the librarian's search, with the colour encoder at hand."""
    from dam.search import search
    from dam.search.encoders import model_card
    from tests.integration.dam.search import seeing

    installed = seeing.install(tmp_path)
    monkeypatch.setattr(model_card, "current", lambda: installed)

    def find(words: str, **options: Any) -> Results:
        asking: dict[str, Any] = {"words": words, "ask": seeing.ask, **options}
        return search.find(asking.pop("principal", librarian), **asking)

    return find
