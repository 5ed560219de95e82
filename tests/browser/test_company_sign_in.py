"""Signing in with the company: from the administration to somebody's first library."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User
from tests import openid_provider
from tests.browser.conftest import Journey


def test_an_administrator_sets_the_company_up_and_a_colleague_signs_in_with_it(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    User.objects.filter(pk=people[Role.ADMIN].pk).update(is_superuser=True)
    with openid_provider.running() as acme:
        acme.knows("ada", groups=["editors", "canteen"])
        acme.knows("zoe", email="zoe@elsewhere.example")
        admin = visit().sign_in(people[Role.ADMIN])
        page = admin.page
        admin.go("administration/sign-in/")
        page.get_by_role("link", name="OpenID Connect").click()
        page.get_by_label("Name", exact=True).fill("Acme")
        page.get_by_label("Issuer").fill(acme.issuer)
        page.get_by_label("Client ID").fill("reelproof")
        page.get_by_label("Client secret").fill("hush")
        page.get_by_role("button", name="Add sign-in").click()
        expect(page.get_by_text(f"{admin.site}/accounts/company/acme/login/callback/")).to_be_visible()
        page.get_by_label("Domain", exact=True).fill(openid_provider.DOMAIN)
        page.get_by_role("button", name="Add domain").click()
        expect(page.get_by_text("Passwords work, too.")).to_be_visible()
        page.locator("#id_group").fill("editors")
        page.get_by_label("Brand", exact=True).select_option(label=brand.name)
        page.get_by_label("Role", exact=True).select_option(label="Librarian")
        page.get_by_role("button", name="Add rule").click()
        expect(page.get_by_role("cell", name="editors")).to_be_visible()

        # A colleague without an account comes to the page that they were sent, with the role of their group.
        colleague = at_the_provider(visit(), "ada", path=f"/b/{brand.slug}/trash/")
        colleague.page.wait_for_url(f"**/b/{brand.slug}/trash/")
        colleague.page.get_by_role("link", name="Library", exact=True).first.click()
        expect(colleague.page.get_by_role("heading", name="Library", exact=False).first).to_be_visible()
        assert Membership.objects.get(user__email="ada@acme.example").given == Role.LIBRARIAN
        colleague.go("administration/people/")  # librarians have the fields and tags there, and no more
        expect(colleague.page.get_by_role("heading", level=1)).not_to_have_text("People")

        # Of an address that the provider doesn't speak for it opens nothing, and says why.
        stranger = at_the_provider(visit(), "zoe", path="/accounts/login/")
        expect(stranger.page.get_by_text("doesn't sign in addresses at elsewhere.example")).to_be_visible()
        assert not User.objects.filter(email="zoe@elsewhere.example").exists()


def at_the_provider(journey: Journey, sub: str, *, path: str) -> Journey:
    page = journey.page
    page.route(re.compile("cdn.jsdelivr.net"), lambda route: route.abort())  # the provider's own look
    page.goto(f"{journey.site}{path}")
    page.get_by_role("link", name="Sign in with Acme").click()
    page.get_by_placeholder("sub").fill(sub)
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.wait_for_url(f"{journey.site}/**")
    return journey
