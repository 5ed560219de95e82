"""The first clips on a collection's and a saved search's card."""

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.catalog.models import RenditionKind
from tests.integration.role_world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "arg"),
    [("collection-cover", "collection"), ("saved-search-cover", "search")],
)
def test_the_order_in_which_the_database_keeps_renditions_shows_nowhere(name: str, arg: str) -> None:
    world, client = World(), Client()
    client.force_login(world.people[Role.LIBRARIAN].user)
    address = reverse(name, args=[world.brand.slug, world.named(arg, Role.LIBRARIAN)])
    before = client.get(address).content
    # As after some autovacuum, which may come between any two requests.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
    world.released.renditions.filter(kind=RenditionKind.POSTER).update(width=F("width") + 0)
    assert client.get(address).content == before
