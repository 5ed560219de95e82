"""A draft of what is released changes not a byte of what those who see released work alone are sent."""

import re
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.catalog.models import Credentials, Origin, Processing, RenditionKind, Version
from dam.rights.disclosure import Disclosed
from provenance.review import comments, reviews
from provenance.review.states import DecisionKind
from tests.factories import RenditionFactory, next_version
from tests.integration.dam.search.seeing import see
from tests.integration.role_rows.row import Row
from tests.integration.role_table import ROWS
from tests.integration.role_world import World

pytestmark = pytest.mark.django_db
NO_PAGES = ("events", "file", "file-part", "release-file")
PAGES = [row for row in ROWS if row.method == "GET" and row.viewer == 200 and row.name not in NO_PAGES]
# What differs from one answer to the next anyway: the form's token, and the moment of the answer.
CHANGES_ANYWAY = re.compile(
    r'csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+|since=[^"]+|just now|[0-9]+ (?:second|minute)s? ago'
    r'|"at": "[^"]+"'
)


def seen_by(client: Client, world: World, row: Row, **query: str) -> str:
    address = reverse(
        row.name, args=[world.brand.slug, *(world.named(each, Role.VIEWER) for each in row.args)]
    )
    response: Any = client.get(address, {**row.data, **query})
    assert response.status_code == 200
    content = _streamed(response) if response.streaming else response.content
    return CHANGES_ANYWAY.sub("", content.decode())


def _streamed(response: Any) -> bytes:
    async def all_of() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return async_to_sync(all_of)()


def add_draft(world: World) -> Version:
    """A draft that differs from what is released in everything, is talked about, and is in review."""
    draft = next_version(
        world.released, origin=Origin.GENERATED, credentials=Credentials.UNREADABLE,
        created_by=world.maker.user, duration_ms=61_000, filename="secret.mp4", processing=Processing.READY,
    )  # fmt: skip
    for kind in (RenditionKind.POSTER, RenditionKind.SPRITE, RenditionKind.PROXY):
        RenditionFactory.create(version=draft, kind=kind)
    see(draft, ["red"], encoder="new@1")
    comments.add(draft, by=world.maker, body="A word about the draft")
    reviews.submit(draft, by=world.maker)
    return draft


def approve(world: World, draft: Version) -> None:
    """Both stages approve it; its release waits to be signed."""
    for role in (Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER):
        reviews.decide(
            draft.reviews.get(),
            by=world.people[role],
            kind=DecisionKind.APPROVE,
            expected_sha256=draft.sha256,
            uses=["broadcast"],
            territories=["worldwide"],
            # It needs another label than what is released.
            disclosed=Disclosed(looks_real=True, artistic=False, performer=True),
        )


def test_no_page_of_a_viewer_changes_when_a_draft_comes_and_is_approved() -> None:
    world, client = World(), Client()
    client.force_login(world.people[Role.VIEWER].user)
    searches: tuple[dict[str, str], ...] = (
        {},
        {"q": "clip"},
        {"state": "in_review"},
        {"credentials": "unreadable"},
    )

    def everything() -> dict[str, str]:
        pages = {str(row): seen_by(client, world, row) for row in PAGES}
        library = next(row for row in PAGES if row.name == "library")
        return pages | {f"library {query}": seen_by(client, world, library, **query) for query in searches}

    everything()  # what the viewer opened lately stands on other pages
    before = everything()
    # Else a search that finds nothing would change by nothing.
    assert f'id="card-{world.released.asset_id}"' in before[f"library {searches[1]}"]
    draft = add_draft(world)
    after = everything()
    assert [name for name in before if before[name] != after[name]] == []
    approve(world, draft)
    after = everything()
    assert [name for name in before if before[name] != after[name]] == []
    assert draft.asset.released != draft


def test_every_address_of_the_draft_itself_is_not_there() -> None:
    world, client = World(), Client()
    client.force_login(world.people[Role.VIEWER].user)
    draft = add_draft(world)
    for kind in ("poster", "sprite", "proxy", "master"):
        assert client.get(reverse("file", args=[world.brand.slug, draft.pk, kind])).status_code == 404
    assert client.get(reverse("release-file", args=[world.brand.slug, draft.pk])).status_code == 404
    for name in ("asset", "asset-usage", "asset-review", "asset-credentials", "asset-origin"):
        address = reverse(name, args=[world.brand.slug, draft.asset_id])
        assert client.get(address, {"version": "2"}).status_code == 404


def test_those_who_work_here_see_the_draft_on_the_same_pages() -> None:
    world, client = World(), Client()
    client.force_login(world.people[Role.LIBRARIAN].user)
    draft = add_draft(world)
    page = client.get(reverse("asset", args=[world.brand.slug, draft.asset_id]))
    assert page.context["version"] == draft
