"""A clip that was sent back comes again as another version, while viewers go on seeing the released one."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Approval, Asset, Processing, Version
from provenance.review import reviews
from provenance.review.states import DecisionKind
from tests import media_factory
from tests.browser.conftest import Journey
from tests.browser.test_reviewing import approve, take_release
from tests.browser.test_verifying import verify
from tests.factories import principal

TakeIn = Callable[..., Version]


def send_back(version: Version, people: dict[Role, User], brand: Brand) -> None:
    review = reviews.submit(version, by=principal(people[Role.CREATOR], brand))
    reviews.decide(
        review,
        by=principal(people[Role.BRAND_REVIEWER], brand),
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=version.sha256,
        comment="Keep the logo in the picture.",
    )


def sees_version(viewer: Journey, asset: Asset, number: int) -> None:
    """The viewer's page is about this version, and offers its release."""
    viewer.go(f"assets/{asset.pk}/")
    facts = viewer.page.locator("#details .facts").first
    expect(facts).to_contain_text(re.compile(rf"Version\s*{number}\b"))
    expect(viewer.page.get_by_role("link", name=re.compile("^Download (release|for)"))).to_be_visible()
    expect(viewer.page.get_by_text("Version 2")).to_have_count(0)


def download(viewer: Journey, path: Path) -> Path:
    """The first time they are asked what it is for, then one click is enough."""
    known = viewer.page.get_by_role("link", name="Download for web, Germany")
    if known.count():
        with viewer.page.expect_download() as waiting:
            known.click()
        waiting.value.save_as(path)
    else:
        take_release(viewer.page).save_as(path)
    return path


def release(asset: Asset, version: Version, visit: Callable[[], Journey], people: dict[Role, User]) -> None:
    """Both stages approve it in the room."""
    approve(visit().sign_in(people[Role.BRAND_REVIEWER]), version, uses=("Web",), where="Worldwide")
    approve(visit().sign_in(people[Role.LEGAL_REVIEWER]), version, uses=(), where="European Union")


def test_a_clip_sent_back_is_uploaded_again_and_released_while_viewers_see_the_first(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    brand: Brand,
    released: Version,
    take_in: TakeIn,
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    asset = released.asset
    send_back(take_in(people[Role.CREATOR], title="Second", seed=10, asset=asset), people, brand)
    viewer = visit().sign_in(people[Role.VIEWER])
    sees_version(viewer, asset, 1)
    first_release = download(viewer, tmp_path / "first release.mp4")

    creator = visit().sign_in(people[Role.CREATOR])
    page = creator.page
    expect(page.get_by_text("1 to change")).to_be_attached()
    page.get_by_role("link", name="Review").first.click()
    expect(page.get_by_role("link", name="Returned to you")).to_have_attribute("aria-current", "page")
    expect(page.get_by_text("Keep the logo in the picture.")).to_be_visible()
    page.get_by_role("link", name="Upload a new version").click()
    expect(page.locator("#upload").get_by_role("button", name="Upload a new version")).to_be_visible()
    third_file = media_factory.clip(tmp_path / "third.mp4", frames=48, width=320, height=176, seed=11)
    page.set_input_files("[data-upload-input]", third_file)
    row = page.locator(".dock-item[data-state=taken]")
    expect(row).to_contain_text("Added as version 3", timeout=180_000)
    expect(page.get_by_role("link", name="Version 3", exact=True)).to_be_visible()
    wait_until(lambda: asset.versions.filter(number=3, processing=Processing.READY).exists())
    third = asset.versions.get(number=3)

    sees_version(viewer, asset, 1)
    creator.go(f"assets/{asset.pk}/?tab=review")
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator("#panel")).to_contain_text("Brand review")
    release(asset, third, visit, people)
    wait_until(lambda: Asset.objects.filter(pk=asset.pk, released=third).exists())

    sees_version(viewer, asset, 3)
    verify(viewer, first_release)
    verdict = viewer.page.get_by_role("heading", level=2).first
    expect(verdict).to_have_text("Replaced by a newer release", timeout=180_000)
    expect(viewer.page.locator("main")).to_contain_text("A newer release replaced it")
    expect(viewer.page.locator("main")).to_contain_text("Signed with a test certificate")
    released.refresh_from_db()
    assert released.approval == Approval.APPROVED


def test_a_clip_sent_back_is_generated_again(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand, take_in: TakeIn
) -> None:
    first = take_in(people[Role.CREATOR], title="Summer bottle")
    send_back(first, people, brand)
    creator = visit().sign_in(people[Role.CREATOR])
    page = creator.page
    creator.go("reviews/")
    page.get_by_role("link", name="Generate a new version").click()
    expect(page.locator("#brief-target")).to_contain_text("Summer bottle")
    page.get_by_label("Prompt").fill("a red ball bouncing on a table")
    page.get_by_role("button", name="Generate").click()
    page.locator(".take").first.get_by_role("link", name="Open").click(timeout=180_000)
    expect(page.get_by_role("heading", name="Summer bottle", level=1)).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    newest = page.locator(".version").first
    expect(newest).to_contain_text("Version 2")
    expect(newest).to_contain_text("AI")
    creator.go("reviews/?show=returned")
    expect(page.get_by_text("No clips to change")).to_be_visible()


def test_a_version_that_comes_during_the_review_ends_it_before_the_reviewers_eyes(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand, take_in: TakeIn
) -> None:
    first = take_in(people[Role.CREATOR], title="Summer bottle")
    review = reviews.submit(first, by=principal(people[Role.CREATOR], brand))
    reviewer = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = reviewer.page
    reviewer.go(f"reviews/{review.pk}/")
    expect(page.get_by_role("button", name="Approve").first).to_be_visible()
    take_in(people[Role.CREATOR], title="Second", seed=10, asset=first.asset)
    expect(page.locator("#room-bar")).to_contain_text("A newer version has replaced this one.")
    page.get_by_role("link", name="Go to version 2").click()
    expect(page.get_by_role("heading", name="Summer bottle", level=1)).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page.locator("#usage")).to_contain_text("Version 2 has replaced this one.")
    expect(page.locator("reel-player video")).to_have_attribute("src", re.compile(str(first.pk)))
