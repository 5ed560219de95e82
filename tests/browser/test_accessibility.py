"""Every page and every dialog, as each role, before axe-core: light and dark."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest

from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.bulk import edits as bulk_edits
from dam.bulk import importing, slices
from dam.bulk.changes import Change
from dam.catalog import assets
from dam.catalog.models import Tag, Version
from dam.collections import audience, collections, items
from dam.collections.models import Collection
from dam.search.query import Filters
from dam.search.saved import alerts, fruitless, recent, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import AlertMatch, SavedSearch
from dam.search.tagging.models import SuggestedTag
from generation.models import GenerationJob
from generation.states import JobState
from provenance.models import Review
from provenance.review import comments, reviews
from tests.browser.conftest import Journey
from tests.browser.walk import Walk
from tests.factories import VersionFactory, principal
from tests.integration.role_table import ROWS

TABS = ("details", "review", "credentials", "origin", "versions", "files", "activity")

# What the walk below opens, and addresses that answer with a piece of those pages or with no page at all.
WALKED = {
    "library", "asset", "asset-edit", "trash", "activity", "generate", "reviews", "review", "search-help",
    "collections", "collection", "collection-new", "collection-edit", "bulk-edits", "bulk-edit",
    "bulk-import", "asset-compare",
    "saved-searches", "saved-search-edit", "alert-news", "searches-without-results",
}  # fmt: skip
PIECES = {
    "asset-open-review", "reviews-start", "library-news", "palette", "asset-card", "asset-usage",
    "activity-check", "activity-check-all", "brand-css", "brand-logo", "events", "uploads", "upload-piece",
    "upload-parts", "upload-known", "upload-details", "comment-export", "asset-poster", "file-thumbnails",
    "file", "file-part", "generate-forecast", "jobs-running", "job", "asset-origin", "asset-credentials",
    "release-file", "download-file", "review-count", "asset-review", "review-chosen", "comments",
    "saved-search", "saved-search-cover", "collection-cover", "comment-people", "bulk-progress",
    "bulk-export", "collection-standing", "collection-news", "collection-targets",
    "alert-count", "suggest", "asset-suggested-tags", "picture", "brand-export", "notification",
    "notification-bell", "notification-count", "webhook-log",
}  # fmt: skip


def test_the_walk_knows_every_address() -> None:
    """What isn't named above is opened by test_accessible_administration.py, whatever it is."""
    assert {row.name for row in ROWS if row.method == "GET"} > WALKED | PIECES


@dataclass(frozen=True)
class World:
    """One of everything that a page shows."""

    released: Version
    draft: Version
    review: Review
    search: SavedSearch
    collection: Collection


@pytest.fixture
def world(
    brand: Brand, people: dict[Role, User], released: Version, take_in: Callable[..., Version]
) -> World:
    maker = principal(people[Role.CREATOR], brand)
    draft = take_in(maker.user, title="Draft of a bottle", seed=21)
    in_review = take_in(maker.user, title="Can in the snow", seed=22)
    for frame in (0, 20):
        comments.add(in_review, by=maker, body="The logo leaves the picture", frame=frame)
    resolved = comments.add(in_review, by=maker, body="Too dark", frame=None)
    comments.resolve(resolved, by=maker)
    review = reviews.submit(in_review, by=maker, note="For the winter page")
    VersionFactory.create(asset__brand=brand, asset__created_by=maker.user, asset__title="No pictures yet")
    trashed = VersionFactory.create(
        asset__brand=brand, asset__created_by=maker.user, asset__title="Thrown away"
    )
    assets.trash(trashed.asset, by=principal(people[Role.ADMIN], brand))
    for number, state in enumerate((JobState.GENERATING, JobState.FAILED, JobState.CANCELLED, JobState.DONE)):
        GenerationJob.objects.create(
            brand=brand, requested_by=maker.user, brief=uuid4(), prompt=f"Ball number {number}", seed=number,
            frames=17, width=128, height=80, rate_numerator=16, steps=8, guidance=3.0, state=state,
            step=3, reason="The model ran out of memory." if state == JobState.FAILED else "",
        )  # fmt: skip
    return World(
        released=released,
        draft=draft,
        review=review,
        search=searched_for(released, draft, by=maker),
        collection=collected(released, draft, by=maker),
    )


def collected(released: Version, draft: Version, *, by: Principal) -> Collection:
    """Two clips in a collection, and another one in it."""
    made = collections.create("Summer", description="For the summer page", by=by)
    items.add(made, [released.asset_id, draft.asset_id], by=by)
    collections.create("Teasers", by=by, parent=made)
    return made


def searched_for(released: Version, draft: Version, *, by: Principal) -> SavedSearch:
    """What searching leaves behind: a suggested tag, searches without results, and a shared saved one."""
    tag = Tag.objects.create(brand=by.brand, name="summer")
    released.asset.tags.add(tag)
    SuggestedTag.objects.create(asset=draft.asset, version=draft, tag=tag, score=0.9, time_ms=500)
    fruitless.note("penguin", brand=by.brand)
    wanted = Asked(filters=Filters(origin=["uploaded"]))
    return saved_searches.save(wanted, name="Uploads", by=by, shared=True)


def test_no_page_or_dialog_of_a_role_has_a_violation(
    visit: Callable[[], Journey], people: dict[Role, User], world: World
) -> None:
    found: list[str] = []
    seen: set[str] = set()
    for role in Role:
        walk = Walk(visit().sign_in(people[role]), role.value, seen=seen)
        walk_as(principal(people[role], walk.journey.brand), walk, world)
        found += walk.found
        walk.page.goto("about:blank")  # nothing plays on, and no stream stays open
    assert not found, "\n" + "\n".join(found)


def walk_searches(person: Principal, walk: Walk, world: World) -> None:
    """Suggestions, saved searches and their alerts, and what was searched for in vain."""
    box = walk.page.get_by_role("combobox", name="Search the library")
    walk.visit("?q=summer")
    walk.open_dialog("save-search")
    box.fill("")
    box.press_sequentially("sum")
    walk.page.get_by_role("option", name="summer").first.wait_for()
    walk.look("suggestions", within=".top-search")
    walk.page.keyboard.press("Escape")
    walk.visit("search-help/")
    walk.visit("s/new/")
    walk.visit("s/")
    recent.keep(Asked(words="summer"), by=person)
    saved_searches.save(Asked(words="ice"), name="Ice", by=person)
    alert = alerts.turn_on(world.search, by=person)
    AlertMatch.objects.create(alert=alert, asset=world.released.asset)
    walk.visit("s/new/")
    walk.journey.go("s/")
    walk.page.locator(".saved-card .figures").nth(1).wait_for()
    walk.look("saved searches")
    walk.journey.go(f"s/{world.search.pk}/")
    walk.settle()
    walk.look("a saved search")
    walk.open_menus("a saved search")
    if saved_searches.may_change(world.search, by=person):
        walk.visit(f"s/{world.search.pk}/edit/")
    if Capability.MANAGE_BRAND in person.capabilities:
        walk.visit("searches/without-results/")


def walk_collections(person: Principal, walk: Walk, world: World) -> None:
    walk.visit("collections/")
    walk.page.locator(".saved-card .figures").first.wait_for()
    walk.look("collections with their covers")
    walk.visit(f"collections/{world.collection.pk}/")
    if Capability.COLLECT not in person.capabilities:
        return
    walk.visit("collections/new/")
    if audience.may_manage(world.collection, by=person):
        walk.visit(f"collections/{world.collection.pk}/edit/")
        walk.page.locator("details.disclosure summary").click()
        walk.look("who sees a collection")
    walk.journey.go(f"collections/{world.collection.pk}/")
    walk.page.locator(".card-pick input").first.check()
    walk.look("a collection with a selection")
    walk.page.get_by_role("button", name="Add to collection").click()
    walk.page.get_by_role("heading", name="to a collection").wait_for()
    walk.look("which collection clips go to")


def walk_bulk(person: Principal, walk: Walk, world: World) -> None:
    walk.visit("bulk/")
    if not bulk_edits.may(person):
        return
    edit = bulk_edits.draft_of([world.released.asset_id, world.draft.asset_id], by=person)
    walk.visit(f"bulk/{edit.pk}/")
    bulk_edits.choose(edit, Change(collection=world.collection.pk), by=person)
    walk.visit(f"bulk/{edit.pk}/")
    bulk_edits.start(edit, by=person)
    while slices.work(edit.pk):
        pass
    walk.visit(f"bulk/{edit.pk}/")
    walk.visit("bulk/")
    if Capability.EDIT in person.capabilities:
        walk.visit("bulk/import/")
        rows = f"id,title,tags\n{world.draft.asset_id},Other,lime\nx,y,z\n"
        walk.visit(f"bulk/{importing.draft(rows.encode(), 'clips.csv', by=person).pk}/")


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
    walk_searches(person, walk, world)
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
    walk_bulk(person, walk, world)
    walk_collections(person, walk, world)  # with what was opened just now
    walk.visit("assets/00000000-0000-4000-8000-000000000000/")
    if Capability.VIEW_UNRELEASED in may:
        walk.visit(f"assets/{draft.asset_id}/compare/")
        for tab in ("details", "review"):
            walk.visit(f"assets/{draft.asset_id}/?tab={tab}")
        walk.page.locator("[data-region-start]").click()
        walk.look("a part of the frame", within=".player-stage")
        walk.look("a part of the frame, in figures", within=".alike")
        for show in ("waiting", "returned", "open", "closed"):
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
    if Capability.TRASH in may:
        walk.visit("")
        walk.page.locator(f'.card-pick input[value="{released.asset_id}"]').check()
        walk.page.get_by_role("button", name="Move to trash").click()
        walk.page.get_by_role("heading", name="to trash?").wait_for()
        walk.look("before the trash")
        walk.visit("trash/")
    if Capability.VIEW_ACTIVITY in may:
        walk.visit("activity/")
