"""Searches, collections and bulk edits, as each role, before axe-core: light and dark."""

from collections.abc import Callable

import pytest

from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.bulk import edits as bulk_edits
from dam.bulk import importing, slices
from dam.bulk.changes import Change
from dam.catalog.models import Version
from dam.collections import audience
from dam.search.saved import alerts, recent, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import AlertMatch
from tests.browser import walked
from tests.browser.conftest import Journey
from tests.browser.walk import Walk
from tests.browser.walked import World
from tests.factories import principal


@pytest.fixture
def world(
    brand: Brand, people: dict[Role, User], released: Version, take_in: Callable[..., Version]
) -> World:
    maker, admin = (principal(people[role], brand) for role in (Role.CREATOR, Role.ADMIN))
    return walked.world(released, maker=maker, admin=admin, take_in=take_in)


def test_no_page_of_what_brings_clips_together_has_a_violation(
    visit: Callable[[], Journey], people: dict[Role, User], world: World
) -> None:
    walked.walk_everyone(walk_as, visit, people, world)


def walk_as(person: Principal, walk: Walk, world: World) -> None:
    walk_searches(person, walk, world)
    walk.visit(f"assets/{world.released.asset_id}/")
    walk_bulk(person, walk, world)
    walk_collections(person, walk, world)  # with what was opened just now


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
