"""A reviewer hears of a request while they look at another page, and of the rest in one mail a day."""

from collections.abc import Callable
from datetime import timedelta

from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import RenditionKind
from dam.notifications import mailing
from dam.notifications.models import Notification
from provenance.review import comments, reviews
from tests.browser.conftest import Journey
from tests.factories import RenditionFactory, VersionFactory, principal


def test_the_bell_tells_at_once_and_the_digest_once_a_day(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    brand: Brand,
    wait_until: Callable[..., None],
) -> None:
    reviewer, creator = people[Role.BRAND_REVIEWER], people[Role.CREATOR]
    version = VersionFactory.create(asset__brand=brand, asset__created_by=creator, asset__title="Lime ice")
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    journey = visit().sign_in(reviewer)
    page = journey.page
    bell = page.get_by_role("banner").locator(".bell > summary")

    # A review is asked for: the figure appears on the page that is open, and the menu leads to the review.
    reviews.submit(version, by=principal(creator, brand))
    expect(bell.get_by_text("1 unread notification")).to_be_attached()
    bell.click()
    page.get_by_role("link", name="Creator asked for your review").click()
    page.wait_for_url("**/reviews/**")
    expect(bell.get_by_text("unread notification")).to_have_count(0)

    # Comments are wanted in the digest alone.
    journey.go("notifications/settings/")
    page.get_by_label("Comments in Reelproof", exact=True).uncheck()
    page.get_by_label("Comments by email", exact=True).select_option("Daily digest")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Your notification settings were saved.")).to_be_visible()

    # Two come; they stand in no list, and in one mail the next day, whose link leads to the clip.
    comments.add(version, by=principal(reviewer, brand), body="Is the label right?")
    for body in ("It is.", "And so is the lid."):
        comments.add(version, by=principal(creator, brand), body=body)
    wait_until(lambda: Notification.objects.filter(user=reviewer, kind="commented", count=2).exists())
    journey.go("notifications/")
    expect(page.get_by_text("Creator asked for your review")).to_be_visible()
    expect(page.get_by_text("Creator left 2 comments")).to_have_count(0)
    mailing.send_due(at=timezone.now() + timedelta(days=1))
    (message,) = [each for each in mail.outbox if each.to == [reviewer.email]]
    assert "Lime ice: Creator left 2 comments" in message.subject
    row = Notification.objects.get(user=reviewer, kind="commented")
    journey.go(f"notifications/{row.pk}/")
    page.wait_for_url(f"**/assets/{version.asset_id}/**")
