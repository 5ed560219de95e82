"""Results of a search as the page shows them."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dam.accounts.models import Brand
from dam.search import search
from dam.search.encoders import model_card
from tests.factories import BrandFactory, member
from tests.integration.dam.search import seeing

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create()
    return made


@pytest.fixture
def page(client: Client, brand: Brand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "Page":
    installed = seeing.install(tmp_path)
    monkeypatch.setattr(model_card, "current", lambda: installed)
    monkeypatch.setattr(search, "_ask_worker", seeing.ask)
    client.force_login(member(brand).user)
    return Page(client, brand)


class Page:
    def __init__(self, client: Client, brand: Brand) -> None:
        self.client, self.brand = client, brand

    def __call__(self, query: str) -> str:
        return self.client.get(f"/b/{self.brand.slug}/{query}").content.decode()


def test_a_card_plays_at_its_moment_and_links_the_others(page: Page, brand: Brand) -> None:
    asset = seeing.clip(brand, "Clip", colours=["blue", "red", "blue", "red", "red", "blue"])
    shown = page("?q=red")
    assert f"/assets/{asset.pk}/?t=0.500&amp;to=1.000" in shown
    assert f"/assets/{asset.pk}/?t=1.500&amp;to=2.500" in shown
    assert "Strong match" in shown


def test_weak_matches_stand_under_a_line(page: Page, brand: Brand) -> None:
    seeing.clip(brand, "Mixed", colours=["red and green"])
    alone = page("?q=red")
    assert "Nothing close" in alone
    seeing.clip(brand, "Plain", colours=["red"])
    both = page("?q=red")
    assert "1 match" in both
    assert both.index("Plain</a>") < both.index("Less likely") < both.index("Mixed</a>")


def test_a_clip_that_is_not_theirs_to_see_is_not_found(page: Page, brand: Brand) -> None:
    theirs = seeing.clip(BrandFactory.create(), "Strange", colours=["red"])
    shown, of_none = page(f"?like={theirs.pk}"), page(f"?like={uuid4()}")
    assert "Strange" not in shown
    assert "or you can&#x27;t see it" in shown
    assert len(shown) == len(of_none)


def test_what_is_compared_with_stays_while_filters_change(page: Page, brand: Brand) -> None:
    source = seeing.clip(brand, "Source", colours=["red"])
    seeing.clip(brand, "Alike", colours=["red"])
    shown = page(f"?like={source.pk}@0")
    assert "Alike</a>" in shown
    assert "The shot at 0:00 of" in shown
    assert f"?like={source.pk}%400&amp;state=draft" in shown


def test_a_picture_of_another_day_says_so(page: Page) -> None:
    assert "Drop it again" in page("?like=picture:abcdefghijklmnop")


def test_what_is_no_picture_is_refused_in_words(page: Page, brand: Brand) -> None:
    file = SimpleUploadedFile("a.png", b"not a picture")
    sent = page.client.post(f"/b/{brand.slug}/pictures/", {"picture": file}, follow=True)
    assert "picture" in sent.content.decode()
    assert "isn&#x27;t a picture" in sent.content.decode()
