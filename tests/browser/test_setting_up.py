"""The first run: from the link in the terminal to the library."""

import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, expect

from dam.accounts import setup
from dam.accounts.models import User
from tests.browser import axe
from tests.browser.conftest import serving


@pytest.fixture
def new_site(transactional_db: None) -> Iterator[str]:
    """The address of a web process whose database has no people."""
    with serving("web-new", SETUP="1") as address:
        yield address


def test_a_new_installation_is_set_up_by_the_link_of_the_terminal(chromium: Browser, new_site: str) -> None:
    page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(20_000)
    page.goto(new_site)
    expect(page.get_by_role("heading", name="Reelproof isn't set up yet")).to_be_visible()
    found, seen = axe.violations(page, "closed", seen=set()), set[str]()

    setup._over[0] = False
    out = StringIO()
    with override_settings(SETUP=True, PUBLIC_URL=new_site):
        call_command("setup_link", stdout=out)
    page.goto(out.getvalue().strip())
    found += axe.violations(page, "brand", seen=seen)
    page.get_by_label("Name").fill("Acme Films")
    page.get_by_label("Hue 45°").check(force=True)
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("link", name="A mail server (SMTP)").click()
    expect(page.get_by_label("Server")).to_be_visible()
    found += axe.violations(page, "mail", seen=seen)
    page.get_by_role("button", name="Continue without email").click()
    expect(page.get_by_text("development CA signs")).to_be_visible()
    found += axe.violations(page, "signing", seen=seen)
    page.goto(new_site)  # left, and taken up again
    page.get_by_role("button", name="Continue with the development CA").click()
    expect(page.get_by_text("A file was written there")).to_be_visible()
    found += axe.violations(page, "files", seen=seen)
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_label("Your name")).to_be_visible()
    found += axe.violations(page, "administrator", seen=seen)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill("a long passphrase of mine")
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(re.compile("/b/acme-films/"))
    expect(page.get_by_text("The library is empty")).to_be_visible()
    assert User.objects.get().is_superuser
    assert not found, "\n" + "\n".join(found)
    page.context.close()
