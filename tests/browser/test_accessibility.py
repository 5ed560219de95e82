"""Every page and every dialog, as each role, before axe-core: light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload

from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from tests.browser import walked
from tests.browser.conftest import Journey
from tests.browser.walk import Walk
from tests.browser.walked import World
from tests.factories import principal
from tests.integration.role_table import ROWS

# Of these one is read, and one stands outside the clip.
MARKERS: FilePayload = {
    "name": "markers.csv",
    "mimeType": "text/csv",
    "buffer": b"frame,comment\n1,Too dark\n999999,Too late\n",
}
TABS = ("details", "rights", "review", "credentials", "origin", "versions", "files", "activity")

# What the walk below opens, and addresses that answer with a piece of those pages or with no page at all.
WALKED = {
    "library", "asset", "asset-edit", "trash", "activity", "generate", "reviews", "review", "search-help",
    "generate-clip",
    "collections", "collection", "collection-new", "collection-edit", "bulk-edits", "bulk-edit",
    "bulk-import", "asset-compare", "asset-embargo",
    "saved-searches", "saved-search-edit", "alert-news", "searches-without-results", "prompt-waiver-ask",
    "review-set-approve", "review-set-change",  # by test_review_sets.py
}  # fmt: skip
PIECES = {
    "asset-open-review", "reviews-start", "library-news", "palette", "asset-card", "asset-usage",
    "activity-check", "activity-check-all", "brand-css", "brand-logo", "events", "uploads", "upload-piece",
    "upload-parts", "upload-known", "upload-details", "comment-export", "asset-poster", "file-thumbnails",
    "attachment", "attachment-preview",
    "administration-model-starters",
    "asset-reproduction", "recall-export", "rights-ends-export", "review-copies-asked", "review-guests-said",
    "review-present", "review-compare",
    "review-follow", "generate-from-comment",
    "file", "file-part", "generate-forecast", "generate-sources", "jobs-running", "job", "asset-origin",
    "asset-credentials", "release-file", "release-qr", "download-file", "review-count", "asset-review",
    "review-chosen", "download-sidecar",
    "comments", "comments-earlier", "comment-pdf", "asset-disclosure", "review-disclosure", "review-evidence",
    "asset-consent-document", "saved-search", "saved-search-cover", "collection-cover", "comment-people",
    "comment-assign", "captions-file", "comment-clips", "cut-offers", "prompt-batch-report", "evidence-file",
    "captions-credentials",
    "bulk-progress", "bulk-export", "collection-standing", "collection-news", "collection-targets",
    "alert-count", "suggest", "asset-suggested-tags", "picture", "brand-export", "notification",
    "notification-bell", "notification-count", "webhook-log", "asset-rights", "openapi",
}  # fmt: skip


def test_the_walk_knows_every_address() -> None:
    """What isn't named above is opened by test_accessible_administration.py, whatever it is."""
    assert {row.name for row in ROWS if row.method == "GET"} > WALKED | PIECES


@pytest.fixture
def world(
    brand: Brand, people: dict[Role, User], released: Version, take_in: Callable[..., Version]
) -> World:
    maker, admin = (principal(people[role], brand) for role in (Role.CREATOR, Role.ADMIN))
    return walked.world(released, maker=maker, admin=admin, take_in=take_in)


def test_no_page_or_dialog_of_a_role_has_a_violation(
    visit: Callable[[], Journey], people: dict[Role, User], world: World
) -> None:
    """Those of searches, collections and bulk edits are walked by test_accessible_searches.py."""
    walked.walk_everyone(walk_as, visit, people, world)


def walk_download(walk: Walk) -> None:
    """Of a library's chosen clips, as releases and in a format that no file is made of yet."""
    for box in walk.page.locator(".card-pick input").all():
        box.check()
    walk.page.get_by_role("button", name="Download", exact=True).click()
    walk.page.get_by_role("heading", name="Download clips").wait_for()
    walk.look("clips to download")
    walk.page.get_by_label("Format").select_option(label="GIF")
    walk.page.get_by_role("button", name="Show what there is").click()
    walk.page.get_by_role("button", name="Make the missing file").wait_for()
    walk.look("clips to download in a format")


def walk_as(person: Principal, walk: Walk, world: World) -> None:
    may = person.capabilities
    released, draft = world.released, world.draft

    walk.visit("")
    walk.open_menus("library")
    walk.page.keyboard.press("?")
    walk.look("dialog shortcuts", within="#shortcuts")
    walk.page.keyboard.press("Escape")
    walk.page.keyboard.press("Control+k")
    walk.page.locator("#palette [role=combobox]").fill("a")
    walk.page.locator("#palette-search").wait_for()
    walk.settle()
    walk.look("dialog palette", within="#palette")
    walk.page.keyboard.press("Escape")
    walk.visit("?q=harbour")
    walk.visit("?q=nothing-has-this-name")
    walk.visit("?layout=list")
    if Capability.COLLECT in may:
        walk.page.locator(".card-pick input").first.check()
        walk.look("library with a selection")
        walk_download(walk)
    for tab in TABS:
        walk.visit(f"assets/{released.asset_id}/?tab={tab}")
    walk.open_menus("asset")
    if Capability.DECIDE_LEGAL in may:
        walk.visit(f"assets/{released.asset_id}/embargo/")
    walk.visit("assets/00000000-0000-4000-8000-000000000000/")
    if Capability.VIEW_UNRELEASED in may:
        walk.visit(f"assets/{draft.asset_id}/compare/")
        for tab in ("details", "review"):
            walk.visit(f"assets/{draft.asset_id}/?tab={tab}")
        walk.page.locator("[data-region-start]").click()
        walk.look("a part of the frame", within=".player-stage")
        walk.look("a part of the frame, in figures", within=".alike")
        walk.visit(f"assets/{world.carried.asset_id}/?tab=review")
        walk.look("comments of an earlier version", within="#carried")
        if Capability.COMMENT in may:
            walk.visit(f"assets/{world.carried.asset_id}/?tab=review&version=1")
            walk.page.locator(".comment-assigning > summary").first.click()
            walk.page.get_by_label("Assign to").wait_for()
            walk.look("a comment to be assigned", within=".comment-assigning[open]")
            walk.visit(f"versions/{draft.pk}/comments/import/")
            walk.page.get_by_label("File", exact=True).set_input_files(MARKERS)
            walk.page.get_by_role("button", name="Check the file").click()
            walk.page.get_by_role("heading", name="Left out").wait_for()
            walk.look("markers that were read")
        for show in ("waiting", "returned", "assigned", "sent", "overdue", "open", "closed"):
            walk.visit(f"reviews/?show={show}")
        walk.visit(f"reviews/{world.review.pk}/")
        for name in ("approve-dialog", "request_changes-dialog", "reject-dialog"):
            if walk.page.locator(f'[data-dialog="{name}"]').count():
                walk.open_dialog(name)
    if Capability.EDIT in may:
        walk.visit(f"assets/{draft.asset_id}/edit/")
    if Capability.GENERATE in may:
        walk.visit("generate/")
        walk.open_menus("generate")
        walk.page.get_by_role("button", name="Generate").click()
        walk.settle()
        walk.look("generate without words")
        for mode in ("frames", "loop", "edit", "restyle"):
            walk.visit(f"generate/?mode={mode}&source={released.pk}")
        walk.visit("generate/clips/none/")
    if Capability.TRASH in may:
        walk.visit("")
        walk.page.locator(f'.card-pick input[value="{released.asset_id}"]').check()
        walk.page.get_by_role("button", name="Move to trash").click()
        walk.page.get_by_role("heading", name="to trash?").wait_for()
        walk.look("before the trash")
        walk.visit("trash/")
    if Capability.VIEW_ACTIVITY in may:
        walk.visit("activity/")
