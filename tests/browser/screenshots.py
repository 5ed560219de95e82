"""Takes the README's pictures from the running demo.

`make run` in one terminal, `make screenshots` in another. `make screenshots ARGS="--all FOLDER"` takes every
page at 1440 and 390 pixels wide, light and dark, to be looked at.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import QUIET, executable

# As in dam.accounts.demo, which needs Django to be set up.
BRAND = "northwind"
PASSWORD = "reelproof-demo"
BASE_DIR = Path(__file__).resolve().parent.parent.parent
README_PICTURES = BASE_DIR / "docs" / "screenshots"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class View:
    """A page to take: who looks, where, and what to press first (CSS selectors, in order)."""

    name: str
    who: str
    path: str
    press: tuple[str, ...] = ()


RELEASED = "#cards .card-title a, #cards a.card-title"
VIEWS = (
    View("library", "creator", ""),
    View("search", "creator", "?q=red can"),
    View("alike", "creator", "?q=red can", (".card-like",)),
    View("search-help", "creator", "search-help/"),
    View("saved", "creator", "s/"),
    View("saved-news", "creator", "s/new/"),
    View("without-results", "admin", "searches/without-results/"),
    View("asset", "creator", "?state=approved", (RELEASED, "a[data-tab=credentials]")),
    View("versions", "librarian", "", (RELEASED, "a[data-tab=versions]")),
    View("files", "librarian", "", (RELEASED, "a[data-tab=files]")),
    View("generate", "creator", "generate/"),
    View("reviews", "legal_reviewer", "reviews/"),
    View("review", "brand_reviewer", "reviews/", (".queue-item",)),
    View("activity", "admin", "activity/"),
    View("brand", "admin", "administration/brand/"),
    View("brand-closing", "admin", "administration/brand/closing/"),
    View("review-settings", "admin", "administration/review/"),
    View("people", "admin", "administration/people/"),
    View("people-invite", "admin", "administration/people/invite/"),
    View("invitations", "admin", "administration/people/invitations/"),
    View("groups", "admin", "administration/groups/"),
    View("welcome", "creator", "welcome/"),
    View("roles", "admin", "administration/roles/"),
    View("role-new", "admin", "administration/roles/new/?like=creator"),
    View("activity-filtered", "admin", "activity/?q=zzz"),
    View("log", "admin", "administration/log/"),
    View("running", "admin", "administration/running/"),
    View("failed-steps", "admin", "administration/running/failed/"),
    View("models", "admin", "administration/models/"),
    View("notifications", "creator", "notifications/"),
    View("notification-settings", "creator", "notifications/settings/"),
    View("bell", "creator", "", (".bell > summary",)),
    View("webhooks", "admin", "administration/webhooks/"),
    View("api", "admin", "administration/api/"),
    View("trash", "admin", "trash/"),
    View("trash-delete", "admin", "trash/", (".page-head .button-danger",)),
    View("hold", "legal_reviewer", "", (RELEASED, "a[data-tab=details]", "a[href$='/hold/']")),
    View("viewer", "viewer", ""),
)
README = (("library", "light"), ("asset", "dark"), ("generate", "light"), ("review", "dark"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--site", default="http://localhost:8000", help="the running demo (default %(default)s)"
    )
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, size and theme, as PNG")
    options = parser.parse_args()
    path = executable()
    if path is None:
        sys.exit("Chromium is needed and none was found; CHROMIUM=PATH names one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        if options.all:
            _take_all(browser, options.site, options.all)
        else:
            _take_readme(browser, options.site)
        browser.close()
    return 0


def _take_readme(browser: Browser, site: str) -> None:
    README_PICTURES.mkdir(parents=True, exist_ok=True)
    views = {view.name: view for view in VIEWS}
    theme: Theme
    for name, theme in README:  # type: ignore[assignment]
        with _window(browser, theme=theme, size="desk") as page:
            picture = _take(page, site, views[name])
        target = README_PICTURES / f"{name}-{theme}.webp"
        Image.open(io.BytesIO(picture)).save(target, "WEBP", quality=86, method=6)
        sys.stderr.write(f"{target.relative_to(BASE_DIR)}\n")


def _take_all(browser: Browser, site: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    themes: tuple[Theme, ...] = ("light", "dark")
    for size in SIZES:
        for theme in themes:
            for view in VIEWS:
                with _window(browser, theme=theme, size=size) as page:
                    (folder / f"{view.name}-{size}-{theme}.png").write_bytes(_take(page, site, view))
            with _window(browser, theme=theme, size=size) as page:
                for name, path in (("sign-in", "/accounts/login/"), ("verify", "/verify/")):
                    page.goto(site + path)
                    (folder / f"{name}-{size}-{theme}.png").write_bytes(page.screenshot())


@contextmanager
def _window(browser: Browser, *, theme: Theme, size: str) -> Iterator[Page]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def _take(page: Page, site: str, view: View) -> bytes:
    home = f"{site}/b/{BRAND}/"
    page.goto(f"{site}/accounts/login/?next=/b/{BRAND}/{view.path}")
    page.get_by_label("Email").fill(f"{view.who}@{BRAND}.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{home}**")
    page.goto(home + view.path)
    for selector in view.press:
        page.locator(selector).first.click()
        page.wait_for_timeout(700)
    page.wait_for_timeout(2500)  # videos show their first frame, fragments have come
    return page.screenshot()


if __name__ == "__main__":
    sys.exit(main())
