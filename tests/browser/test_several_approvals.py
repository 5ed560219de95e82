"""A review by a template: stages of its own, of which one takes two people."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Approval, ReleaseState, Version
from dam.rights.models import RightsRecord
from tests.browser.conftest import Journey
from tests.browser.test_reviewing import approve
from tests.factories import member


def test_a_rules_template_asks_two_lawyers_and_each_may_only_narrow(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    take_in: Callable[..., Version],
    wait_until: Callable[..., None],
) -> None:
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    second = member(version.brand, Role.LEGAL_REVIEWER, name="Second Lawyer").user
    admin = visit().sign_in(people[Role.ADMIN])
    admin.go("administration/review/templates/new/")
    page = admin.page
    page.locator("#id_title").fill("Spots")
    page.get_by_role("textbox", name="Rule").fill("kind:video")
    stage = page.get_by_role("group", name="Stage 1")
    stage.get_by_label("Kind").select_option(label="Legal review")
    stage.get_by_label("Title").fill("Two lawyers")
    stage.get_by_label("Approvals").select_option("2")
    page.get_by_role("button", name="Add template").click()
    expect(page.get_by_role("listitem").filter(has_text="Spots")).to_contain_text("kind:video")

    creator = visit().sign_in(people[Role.CREATOR])
    creator.go(f"assets/{version.asset_id}/?tab=review")
    chosen = creator.page.locator("#chosen")
    expect(chosen).to_contain_text("matches the rule kind:video, so its review uses “Spots”")
    expect(chosen).to_contain_text("2 approvals")
    creator.page.get_by_role("button", name="Send to review").click()
    panel = creator.page.locator("#panel")
    expect(panel).to_contain_text("0 of 2 approvals")

    first = visit().sign_in(people[Role.LEGAL_REVIEWER])
    approve(first, version, uses=("Web", "Social media"), where="Worldwide")
    expect(panel).to_contain_text("1 of 2 approvals")  # it hears of it
    expect(first.page.locator(".room-acts .button-approve")).to_have_count(0)
    version.refresh_from_db()
    assert version.approval == Approval.IN_REVIEW

    approve(visit().sign_in(second), version, uses=(), where="European Union")
    wait_until(lambda: Version.objects.filter(pk=version.pk, release=ReleaseState.READY).exists())
    cleared = RightsRecord.objects.get(version=version)
    assert (sorted(cleared.uses), cleared.territories) == (["social", "web"], ["EU"])
    expect(panel).to_contain_text("Approved")
