"""A colleague is invited by mail, joins and has a first task; then their role changes under an open page."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.mail_models import MailSettings, Security, Sender
from dam.accounts.models import User
from tests import smtp_server
from tests.browser import axe
from tests.browser.conftest import Journey

PASSWORD = "correct horse battery"
PORT = 2587  # a mail server named on a page has one of theirs


def test_from_an_invitation_by_mail_to_the_first_task_and_another_role(
    visit: Callable[[], Journey], people: dict[Role, User], wait_until: Callable[..., None]
) -> None:
    with smtp_server.running(port=PORT) as post:
        MailSettings.objects.create(
            sender=Sender.SMTP,
            from_address="reelproof@example.com",
            host="127.0.0.1",
            port=post.port,
            security=Security.NONE,
        )
        admin = visit()
        admin.page.goto(f"{admin.site}/accounts/login/?next=/b/{admin.brand.slug}/")
        admin.page.get_by_label("Email").first.fill(people[Role.ADMIN].email)
        admin.page.get_by_label("Password", exact=True).fill("correct horse battery staple")
        admin.page.get_by_role("button", name="Sign in", exact=True).click()
        admin.page.wait_for_url(f"**/b/{admin.brand.slug}/")
        admin.go("administration/people/invite/")
        form = admin.page
        form.get_by_label("Email addresses").fill("Kim Doe <kim@example.com>\nno address")
        form.get_by_label("Note in the email").fill("Summer is waiting")
        form.get_by_role("button", name="Preview").click()
        expect(form.get_by_text("isn't an email address")).to_be_visible()
        form.get_by_role("button", name="Invite 1 person").click()
        expect(form.get_by_text("kim@example.com")).to_be_visible()
        wait_until(lambda: post.messages)
    (letter,) = post.messages
    assert letter["To"] == "kim@example.com"
    plain = letter.get_body(("plain",))
    assert plain is not None
    words = plain.get_content()
    assert "Summer is waiting" in words
    path = re.search(r"/join/\S+", words)
    assert path is not None

    joining = visit()
    page = joining.page
    page.goto(joining.site + path[0])
    expect(page.get_by_label("Your name")).to_have_value("Kim Doe")
    assert not axe.violations(page, "joining", seen=set())
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Create account and join").click()
    page.wait_for_url(f"**/b/{joining.brand.slug}/welcome/")
    page.get_by_role("link", name="Generate your first clip").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/generate/")

    # The page stays open while the administrator makes them a viewer.
    kim = User.objects.get(email="kim@example.com")
    admin.go(f"administration/people/{kim.pk}/")
    form.get_by_role("radio", name=re.compile("^Viewer")).check()
    form.get_by_role("button", name="Change role").click()
    expect(form.get_by_text("now has the role Viewer")).to_be_visible()
    page.reload()
    expect(page.get_by_text("doesn't allow you to generate clips")).to_be_visible()
    admin.go("activity/")
    expect(form.get_by_text("“Creator” → “Viewer”")).to_be_visible()
