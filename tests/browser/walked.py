"""What the walks before axe-core come across: one of everything that a brand's pages show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.accounts.principals import Member, Principal
from dam.catalog import assets
from dam.catalog.models import AssetKind, Tag, Version
from dam.collections import collections, items
from dam.collections.models import Collection
from dam.search.query import Filters
from dam.search.saved import fruitless, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import SavedSearch
from dam.search.tagging.models import SuggestedTag
from generation import kits
from generation.kits import KitWish
from generation.models import GenerationJob
from generation.states import JobState
from provenance.models import Review
from provenance.review import assigning, carrying, comments, reviews
from provenance.review.assigning import Assignment
from provenance.review.carrying import Mark
from tests.browser.conftest import Journey
from tests.browser.walk import Walk
from tests.factories import VersionFactory, next_version, principal


@dataclass(frozen=True)
class World:
    """One of everything that a page shows."""

    released: Version
    draft: Version
    review: Review
    carried: Version
    search: SavedSearch
    collection: Collection


def world(released: Version, *, maker: Member, admin: Member, take_in: Callable[..., Version]) -> World:
    """Around a clip that is released: one in review, one without pictures, one in the trash, and takes."""
    brand = maker.brand
    draft = take_in(maker.user, title="Draft of a bottle", seed=21)
    in_review = take_in(maker.user, title="Can in the snow", seed=22)
    for frame in (0, 20):
        comments.add(in_review, by=maker, body="The logo leaves the picture", frame=frame)
    resolved = comments.add(in_review, by=maker, body="Too dark", frame=None)
    comments.resolve(resolved, by=maker)
    review = reviews.submit(in_review, by=maker, note="For the winter page")
    VersionFactory.create(asset__brand=brand, asset__created_by=maker.user, asset__title="No pictures yet")
    carried = carried_along(maker=maker)
    trashed = VersionFactory.create(
        asset__brand=brand, asset__created_by=maker.user, asset__title="Thrown away"
    )
    assets.trash(trashed.asset, by=admin)
    kit = KitWish("Product shot of", ", warm", "text", "Sunrise #ff7a00", "Reels 9:16")
    kits.change(kit, by=admin, revision=0)
    still = VersionFactory.create(asset__brand=brand, asset__title="Can on white", kind=AssetKind.STILL)
    kits.add_reference(still.asset, by=admin)
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
        carried=carried,
        search=searched_for(released, draft, by=maker),
        collection=collected(released, draft, by=maker),
    )


def carried_along(*, maker: Member) -> Version:
    """A second version, with comments of the first: one done in it, one not, one assigned and overdue."""
    first = VersionFactory.create(
        asset__brand=maker.brand, asset__created_by=maker.user, asset__title="Made anew"
    )
    said = [
        comments.add(first, by=maker, body=body, frame=number)
        for number, body in enumerate(("Too bright", "Too loud", "The logo flickers"))
    ]
    assigning.assign(
        said[2], to=maker.user, due_at=timezone.now() - timedelta(days=2), seen=Assignment(), by=maker
    )
    second = next_version(first, created_by=maker.user, frame_count=first.frame_count)
    for comment, mark in zip(said, (Mark.DONE, Mark.NOT_DONE), strict=False):
        carrying.tick(comment, of=second, wanted=mark, seen=Mark.OPEN, by=maker)
    return second


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


def walk_everyone(
    walk_as: Callable[[Principal, Walk, World], None],
    visit: Callable[[], Journey],
    people: Mapping[Role, User],
    world: World,
) -> None:
    """As each role in turn, all that it sees and nobody before it saw. Nothing may be found."""
    found: list[str] = []
    seen: set[str] = set()
    for role in Role:
        walk = Walk(visit().sign_in(people[role]), role.value, seen=seen)
        walk_as(principal(people[role], walk.journey.brand), walk, world)
        found += walk.found
        walk.page.goto("about:blank")  # nothing plays on, and no stream stays open
    assert not found, "\n" + "\n".join(found)
