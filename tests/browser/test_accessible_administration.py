"""The pages of the administration, of notifications and of one's account before axe-core: light and dark.

The tables of addresses say what is opened, so that a new page is looked at without being named here.
"""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from tests.browser import administered
from tests.browser.conftest import Journey
from tests.browser.test_accessibility import PIECES, WALKED
from tests.browser.walk import Walk
from tests.factories import BrandFactory, member
from tests.integration.role_table import PUBLIC, ROWS
from tests.integration.role_world import World

# Pages that whoever isn't signed in sees, and that whoever is signed in sees besides.
FOR_PROGRAMS = {"healthz", "soft-binding-algorithms", "verify-reader"}
OPEN = {name for name, (nobody, _, _) in PUBLIC.items() if nobody == 200} - FOR_PROGRAMS
OWN = {name for name, (_, somebody, _) in PUBLIC.items() if somebody == 200} - OPEN - FOR_PROGRAMS
# Opened after who it is was confirmed, which a sign-in of a moment ago did.
CONFIRMED = ("mfa_add_webauthn", "mfa_activate_totp", "account_token_new")
# The site of these tests sends mail, so people ask for a new password themselves.
REFUSED = {"person-password-link": 403}


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    """Without the worker that journeys have: what is half done here stays so."""
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


@pytest.fixture
def world(brand: Brand) -> World:
    return administered.world(brand)


def test_no_page_of_the_administration_has_a_violation(visit: Callable[[], Journey], world: World) -> None:
    walk = Walk(visit().sign_in(world.people[Role.ADMIN].user), "administrator", seen=set())
    opened = [row for row in ROWS if row.method == "GET" and row.name not in WALKED | PIECES]
    assert opened
    for row in opened:
        args = [world.brand.slug, *(world.named(each, Role.ADMIN) for each in row.args)]
        walk.open(reverse(row.name, args=args), status=REFUSED.get(row.name, 200))
    walk.open(reverse("prompt-waiver-ask", args=[world.brand.slug]) + "?prompt=A+Nike+boat")
    walk.open(reverse("prompt-rules", args=[world.brand.slug]) + "?prompt=A+Nike+boat")
    walk.open_menus("notifications")
    walk.open(reverse("people", args=[world.brand.slug]) + "?state=all")
    walk.open(reverse("person", args=[world.brand.slug, world.left.user.pk]))
    walk.open(reverse("people-invite", args=[world.brand.slug]))
    walk.page.get_by_label("Email addresses").fill("kim@example.com\nno address")
    walk.page.get_by_role("button", name="Preview").click()
    walk.settle()
    walk.look("a preview of invitations")
    walk.open(reverse("brand", args=[world.brand.slug]))
    walk.page.get_by_label("Name", exact=True).fill(" ")
    walk.page.locator("#main form button[type=submit]").first.click()
    walk.settle()
    walk.look("a brand without a name")
    assert not walk.found, "\n" + "\n".join(walk.found)


def test_no_page_outside_a_brand_has_a_violation(visit: Callable[[], Journey], brand: Brand) -> None:
    person = member(brand, Role.CREATOR, email="kim@example.com").user
    journey = visit()
    walk = Walk(journey, "nobody", seen=set())
    for name in sorted(OPEN):
        walk.open(reverse(name, args=PUBLIC[name][2]))
    for path in ("/verify/nothing/", "/verify/compare/nothing/", "/b/nowhere/", "/join/nothing/"):
        journey.page.goto(f"{journey.site}{path}")
        walk.look(path)
    journey.sign_in(person)
    for name in (*sorted(OWN), *CONFIRMED):
        walk.open(reverse(name, args=PUBLIC[name][2]))
    Membership.objects.filter(user=person).update(deactivated_at=timezone.now())
    walk.open(reverse("account_profile"))
    assert not walk.found, "\n" + "\n".join(walk.found)
