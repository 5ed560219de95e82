"""The pages in German, 390 pixels wide: nothing to scroll sideways for, nothing cut off, no English left."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.search.encoders import model_card
from tests.browser import administered
from tests.browser.conftest import Journey
from tests.browser.test_accessibility import PIECES, WALKED
from tests.factories import PASSWORD, BrandFactory
from tests.integration.role_table import ROWS
from tests.integration.role_world import World

# Words of English that German has not, in any sentence of more than a name.
ENGLISH = re.compile(
    r"\b(the|and|of|with|for|are|your|you|this|that|not|by|from|has|have|can|is|to|it|be|or|when|what|who|can't)\b"
)
# What people wrote has its own direction, and code no language.
LOOK = """() => {
    const theirs = "[dir=auto], bdi, code, pre, .mono, script, style, template, textarea, option[lang]";
    const seen = { visibilityProperty: true };
    const own = (element) => !element.closest(theirs) && element.checkVisibility(seen);
    const name = (element) =>
        `${element.tagName.toLowerCase()}.${element.className}: ${element.textContent.trim().slice(0, 60)}`;
    const clips = (element) => ["hidden", "clip"].includes(getComputedStyle(element).overflowX);
    const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
    const above = (element, test) => {
        let each = element;
        while (each && each !== document.body && !test(each)) each = each.parentElement;
        return each && each !== document.body;
    };
    const words = new Set(), cut = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode.data.replace(/\\s+/g, " ").trim();
        const element = texts.currentNode.parentElement;
        if (!text || !own(element)) continue;
        words.add(text);
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        const box = range.getBoundingClientRect();
        const hidden = box.width < 2 || element.closest(".visually-hidden, .skip-link");
        if (hidden || above(element, scrolls)) continue;
        const wide = element.scrollWidth > element.clientWidth + 1;
        if (box.right > innerWidth + 1 || box.left < -1) cut.push(`outside: ${name(element)}`);
        else if (clips(element) && wide) cut.push(`cut off: ${name(element)}`);
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title]"))
        if (own(element))
            for (const key of ["aria-label", "placeholder", "title"])
                if (element.getAttribute(key)) words.add(element.getAttribute(key).trim());
    const main = document.querySelector("#main") ?? document.documentElement;
    const sideways = Math.max(
        main.scrollWidth - main.clientWidth,
        document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    return { words: [...words], cut, sideways };
}"""


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    # What a brand begins with, such as its download presets, is named in its own language.
    return BrandFactory.create(slug="northwind", name="Northwind Drinks", language="de")


@pytest.fixture
def world(brand: Brand) -> World:
    return administered.world(brand)


def untranslated() -> set[str]:
    """What stands in the catalogue in English and is another word in German."""
    path = Path(settings.BASE_DIR) / "dam/locale/de/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        catalogue = pofile.read_po(file)
    known = {each.string for each in catalogue if isinstance(each.string, str)}
    return {
        each.id
        for each in catalogue
        if isinstance(each.id, str) and each.id != each.string and each.id not in known
    }


def test_sign_in_search_review_and_administration_fit_and_speak_german(
    visit: Callable[..., Journey], world: World
) -> None:
    english, found = untranslated(), list[str]()
    journey = visit(locale="de-DE", timezone_id="Europe/Berlin")
    page = journey.page
    page.set_viewport_size({"width": 390, "height": 844})

    def look(where: str) -> None:
        page.wait_for_load_state("load")
        page.wait_for_function("() => !document.querySelector('.htmx-request')")
        found.extend(f"{where}: {each}" for each in problems(page, english))

    page.goto(f"{journey.site}/accounts/login/?next=/b/{world.brand.slug}/")
    look("sign-in")
    page.get_by_label("E-Mail").fill(world.people[Role.ADMIN].user.email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.wait_for_url(f"**/b/{world.brand.slug}/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    look("library")
    page.locator(".facets > summary").first.click()
    look("library with filters")
    for path in ("?q=Clip", "?q=gibtesnicht", "search-help/", "reviews/", f"reviews/{world.review.pk}/"):
        journey.go(path)
        look(path)
    for row in ROWS:
        if row.method == "GET" and row.name not in WALKED | PIECES:
            args = [world.brand.slug, *(world.named(each, Role.ADMIN) for each in row.args)]
            page.goto(f"{journey.site}{reverse(row.name, args=args)}")
            look(row.name)
    assert not found, "\n" + "\n".join(dict.fromkeys(found))


def problems(page: Page, english: set[str]) -> list[str]:
    seen: dict[str, Any] = page.evaluate(LOOK)
    told = model_card.current().good_at  # a model's card is in its maker's language
    words = [each for each in seen["words"] if not (told and told in each)]
    left = [f"English: {each}" for each in words if each in english or ENGLISH.search(each)]
    sideways = [f"{seen['sideways']} pixels too wide"] if seen["sideways"] > 0 else []
    return [*sideways, *seen["cut"], *left]
