"""A real browser in front of the real web process, with a real worker behind it."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect, sync_playwright

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Asset, Origin, Processing, ReleaseState, Version
from dam.ingest import registration
from dam.media import runner
from provenance.review import reviews
from provenance.review.states import DecisionKind
from tests import media_factory, web_process
from tests.browser.chromium import QUIET, executable
from tests.conftest import BASE_DIR, DATA_DIR
from tests.factories import PASSWORD, BrandFactory, member, principal

PICTURES = BASE_DIR / "var" / "failed-journeys"
PATIENCE_MS = (
    40_000  # three browsers and three workers may share two slow cores; what passes waits for none of it
)


@pytest.fixture(autouse=True)
def _skip_when_told() -> None:
    if os.environ.get("SKIP_BROWSER") == "1":
        pytest.skip("SKIP_BROWSER=1 leaves the browser journeys out")


@pytest.fixture(scope="session")
def site(django_db_setup: None) -> Iterator[str]:
    """The address of a web process on the test database."""
    with serving("web") as address:
        yield address


@contextmanager
def serving(name: str, **more: str) -> Iterator[str]:
    """The address of a web process on the test database, with `more` in its environment."""
    with web_process.running(name, more) as web:
        yield web.address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = executable()
    if path is None:
        pytest.fail("The browser journeys need Chromium on the PATH; SKIP_BROWSER=1 leaves them out.")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Journey:
    """One person at the browser."""

    page: Page
    site: str
    brand: Brand
    problems: list[str]

    def go(self, path: str) -> None:
        """Open a page of the brand: go("trash/")."""
        self.page.goto(f"{self.site}/b/{self.brand.slug}/{path}")

    def sign_in(self, user: User, *, password: str = PASSWORD) -> "Journey":
        self.page.goto(f"{self.site}/accounts/login/?next=/b/{self.brand.slug}/")
        self.page.get_by_label("Email").fill(user.email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(f"**/b/{self.brand.slug}/")
        return self


@pytest.fixture
def brand(live_worker: None) -> Brand:
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


@pytest.fixture
def people(brand: Brand) -> dict[Role, User]:
    """One person for each role."""
    return {
        role: member(
            brand, role, email=f"{role.value}@example.com", name=role.value.replace("_", " ").title()
        ).user
        for role in Role
    }


@pytest.fixture
def visit(
    chromium: Browser, site: str, brand: Brand, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Journey]]:
    """`visit()`: a fresh browser window. At the end no script may have failed and no policy been broken.

    `visit(timezone_id=…, locale=…)` says where its browser is.
    """
    journeys: list[Journey] = []

    def open_window(**where: Any) -> Journey:
        size: ViewportSize = {"width": 1440, "height": 900}
        context = chromium.new_context(viewport=size, reduced_motion="reduce", **where)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: _note(message, problems))
        journeys.append(Journey(page=page, site=site, brand=brand, problems=problems))
        return journeys[-1]

    failed_before = request.session.testsfailed
    yield open_window
    for number, journey in enumerate(journeys):
        if request.session.testsfailed > failed_before:
            PICTURES.mkdir(parents=True, exist_ok=True)
            journey.page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png")
            for log in sorted((DATA_DIR / "logs").glob("web*.log")):
                sys.stdout.write(f"{log.name} ends:\n{log.read_text()[-4000:]}")
        journey.page.context.close()
    problems = [problem for journey in journeys for problem in journey.problems]
    assert not problems, problems


def _note(message: ConsoleMessage, problems: list[str]) -> None:
    # A refused request is often what a journey is about; a broken policy or script never is.
    refused = ("Failed to load resource", "Response Status Error Code")  # the browser's words, and htmx's
    # Going to another page cuts off what this one asks for; a server that was away is "htmx:sendError".
    cut_off = ("htmx:sendAbort", "htmx:afterRequest")
    if message.type == "error" and not any(words in message.text for words in (*refused, *cut_off)):
        problems.append(message.text)


@pytest.fixture
def take_in(brand: Brand, tmp_path: Path, wait_until: Callable[..., None]) -> Callable[..., Version]:
    """`take_in(user, title=…)`: a real clip in the library, with every processing step done by the worker.

    With `asset` it is the next version of that one.
    """

    def take(
        user: User, *, title: str, frames: int = 48, seed: int = 0, asset: Asset | None = None
    ) -> Version:
        path = media_factory.clip(tmp_path / f"{seed}.mp4", frames=frames, width=320, height=176, seed=seed)
        version = registration.accept(
            path,
            brand=brand,
            user=user,
            filename=f"{title}.mp4",
            title=title,
            origin=Origin.UPLOADED,
            media_info=runner.probe(path),
            content_type="video/mp4",
            asset=asset,
        )
        wait_until(lambda: Version.objects.filter(pk=version.pk, processing=Processing.READY).exists())
        version.refresh_from_db()
        return version

    return take


@pytest.fixture
def released(
    brand: Brand, people: dict[Role, User], take_in: Callable[..., Version], wait_until: Callable[..., None]
) -> Version:
    """A clip that both stages approved for the web, with its signed release."""
    version = take_in(people[Role.CREATOR], title="Harbour at dawn", seed=9)
    review = reviews.submit(version, by=principal(people[Role.CREATOR], brand))
    for role in (Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER):
        review.refresh_from_db()
        reviews.decide(
            review,
            by=principal(people[role], brand),
            kind=DecisionKind.APPROVE,
            expected_sha256=version.sha256,
            uses=["web"],
            territories=["worldwide"],
        )
    wait_until(lambda: Version.objects.filter(pk=version.pk, release=ReleaseState.READY).exists())
    version.refresh_from_db()
    return version
