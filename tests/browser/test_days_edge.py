"""The last day of use, chosen in two time zones at once: nobody's own today has passed."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from dam.accounts import times
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import RenditionKind
from provenance.models import Decision, Review
from tests.browser.conftest import Journey
from tests.factories import PASSWORD, RenditionFactory, VersionFactory

AUCKLAND, LOS_ANGELES = ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles")


def test_until_today_means_all_of_today_in_los_angeles_and_in_auckland(
    visit: Callable[..., Journey], people: dict[Role, User], brand: Brand
) -> None:
    """The brand is in Auckland, a day ahead of Los Angeles for 21 hours of 24."""
    Brand.objects.filter(pk=brand.pk).update(time_zone=AUCKLAND.key)
    version = VersionFactory.create(asset__brand=brand, asset__created_by=people[Role.CREATOR])
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    today = times.today_in(LOS_ANGELES)
    theirs = times.until(today, brand=AUCKLAND, person=LOS_ANGELES)

    # In Los Angeles, as the browser says: a due date, and then a last day of use.
    creator = visit(timezone_id=LOS_ANGELES.key).sign_in(people[Role.CREATOR])
    page = creator.page
    creator.go(f"assets/{version.asset_id}/?tab=review")
    expect(page.get_by_text("Until the end of this day, Auckland time (UTC+1")).to_be_visible()
    page.get_by_label("Due date").fill(today.isoformat())
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_text("has passed")).to_have_count(0)
    expect(page.locator(".stages")).to_be_visible()
    review = Review.objects.get()
    assert review.due_at == theirs

    reviewer = visit(timezone_id=LOS_ANGELES.key).sign_in(people[Role.BRAND_REVIEWER])
    approve(reviewer, review, last_day=today.isoformat())
    assert Decision.objects.get(stage=0).valid_until == theirs
    assert theirs > datetime.now(LOS_ANGELES)

    # In Auckland, as the person chose, whatever the browser says: the day stands there as it is in Auckland.
    User.objects.filter(pk=people[Role.LEGAL_REVIEWER].pk).update(time_zone=AUCKLAND.key)
    legal = visit(timezone_id=LOS_ANGELES.key).sign_in(people[Role.LEGAL_REVIEWER])
    legal.go(f"reviews/{review.pk}/")
    last_day = theirs.astimezone(AUCKLAND).date()
    assert last_day >= times.today_in(AUCKLAND)
    expect(legal.page.locator("#approve_valid_until")).to_have_value(last_day.isoformat())
    approve(legal, review, last_day=last_day.isoformat())
    assert Decision.objects.get(stage=1).valid_until == theirs
    creator.go(f"assets/{version.asset_id}/?tab=review")
    expect(page.get_by_text(f"until {last_day.day} {last_day:%B %Y}").first).to_be_visible()


def approve(journey: Journey, review: Review, *, last_day: str) -> None:
    page = journey.page
    journey.go(f"reviews/{review.pk}/")
    page.get_by_role("button", name="Approve").first.click()
    dialog = page.locator("#approve-dialog")
    expect(dialog.get_by_text("Until the end of this day, Auckland time (UTC+1")).to_be_visible()
    for choice in ("Web", "Worldwide"):
        dialog.get_by_label(choice, exact=True).check(force=True)
    dialog.get_by_label("Last day of use").fill(last_day)
    dialog.get_by_label("Your password", exact=True).fill(PASSWORD)
    dialog.locator("footer .button-approve").click()
    expect(dialog).not_to_be_visible()
    expect(page.get_by_text("has passed")).to_have_count(0)
