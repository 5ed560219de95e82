"""One person's way through the pages, each of them before axe-core."""

from tests.browser import axe
from tests.browser.conftest import Journey


class Walk:
    """One person at the browser, and what axe-core found on their way."""

    def __init__(self, journey: Journey, name: str, *, seen: set[str]) -> None:
        self.journey, self.page, self.name, self.seen = journey, journey.page, name, seen
        self.found: list[str] = []

    def look(self, where: str, *, within: str = "html") -> None:
        self.found += axe.violations(self.page, f"{self.name}: {where}", within=within, seen=self.seen)

    def visit(self, path: str) -> None:
        """A page of the brand."""
        self.journey.go(path)
        self.settle()
        self.look(path or "library")

    def open(self, path: str, *, status: int = 200) -> None:
        """Any page, by its whole path. It must be there, without a way round by another page."""
        answer = self.page.goto(f"{self.journey.site}{path}")
        assert answer is not None
        if answer.status != status or answer.request.redirected_from is not None:
            self.found.append(f"{self.name}: {path} answers with {answer.status} {answer.url}")
        self.settle()
        self.look(path)

    def settle(self) -> None:
        self.page.wait_for_load_state("load")
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")

    def open_dialog(self, name: str) -> None:
        self.page.locator(f'[data-dialog="{name}"]:visible').first.click()
        self.page.locator(f"#{name}[open]").wait_for()
        self.look(f"dialog {name}", within=f"#{name}")
        self.page.keyboard.press("Escape")

    def open_menus(self, where: str) -> None:
        for summary in self.page.locator("details.menu > summary:visible").all():
            summary.click()
            self.settle()
            self.look(f"menu on {where}", within="details.menu[open]")
            self.page.keyboard.press("Escape")
