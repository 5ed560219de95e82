"""A collection of 100,000 clips, and clips that look alike: `make bench ARGS="-k lists"`.

LISTS=1000000 before it for a library of a million; a collection holds 100,000 at most.
"""

import os
import time
from collections.abc import Callable
from itertools import cycle
from typing import TypeVar

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from dam.catalog.models import Version
from dam.collections import collections, items, places
from dam.collections.models import Collection
from dam.core import garbage
from dam.duplicates import finding
from dam.duplicates.models import NearPair
from tests.benchmarks import conftest, scale_alike, scale_library
from tests.benchmarks.conftest import Measure
from tests.benchmarks.scale_library import Library

CLIPS = int(os.environ.get("LISTS", "112000"))  # of which nine tenths are in one brand
RUNS = 20
HELD = min(items.MOST, int(CLIPS * 0.88)) - items.MOST_AT_ONCE  # clips of the collection

T = TypeVar("T")

pytestmark = pytest.mark.django_db(transaction=True)


def test_lists(measure: Measure, client: Client) -> None:
    library = _timed(f"{CLIPS:,} clips", lambda: scale_library.make(CLIPS))
    held = _timed(f"a collection of {HELD:,}", lambda: _collect(library))
    _timed("their fingerprints and pairs", lambda: scale_alike.write(library))
    _timed("vacuum and statistics", scale_library.tidy)
    garbage.settle()  # as the web process does
    print(f"  {NearPair.objects.count():,} pairs; measuring", flush=True)
    _measure_collection(measure, library, held, client)
    _measure_adding(library, held)
    _measure_alike(measure, library, client)


def _collect(library: Library) -> Collection:
    """The newest clips of the brand, in the order of their places, written at once."""
    row = collections.create("Everything", by=library.admin)
    at = places.after(None, HELD)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dam_collectionitem (collection_id, asset_id, place, added_by_id, added_at)"
            " SELECT %s, asset_id, (%s::text[])[k], %s, now() FROM"
            " (SELECT asset_id, row_number() OVER (ORDER BY n DESC) AS k FROM seed WHERE brand_id = %s) s"
            " WHERE k <= %s",
            [row.pk, at, library.admin.user.pk, library.brand.pk, HELD],
        )
    return row


def _measure_collection(measure: Measure, library: Library, row: Collection, client: Client) -> None:
    home = f"/b/{library.brand.slug}/collections/"
    page = f"{home}{row.pk}/"
    in_order = items.of(row).order_by("-place").values_list("place", flat=True)
    last, middle = in_order[47], in_order[HELD // 2]
    for who, person in {"an administrator": library.admin, "a viewer": library.viewer}.items():
        client.force_login(person.user)
        for name, address in {
            "all collections": home,
            "its cover": f"{page}cover/",
            "its first page": page,
            "a page in its middle": f"{page}?after={middle}",
            "its last page": f"{page}?after={last}",
            "how it stands, counted": f"{page}standing/",
        }.items():
            measure(f"collection: {name}, {who}", _get(client, address), runs=RUNS)
        kept = f"{page}standing/"
        client.get(kept)
        measure(f"collection: how it stands, kept, {who}", lambda kept=kept: client.get(kept), runs=RUNS)
        within = f"/b/{library.brand.slug}/?collection={row.pk}"
        measure(f"collection: as a filter of the library, {who}", _get(client, within), runs=RUNS)


def _measure_adding(library: Library, row: Collection) -> None:
    """1,000 clips that aren't in it come in, and are taken out again between two runs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asset_id FROM seed WHERE brand_id = %s AND NOT trashed ORDER BY n LIMIT %s",
            [library.brand.pk, items.MOST_AT_ONCE],
        )
        chosen = [key for (key,) in cursor.fetchall()]
    seconds: dict[str, list[float]] = {"adding": [], "undoing": []}
    for _ in range(6):
        at = timezone.now()
        began = time.perf_counter()
        items.add(row, chosen, by=library.admin, at=at)
        added = time.perf_counter()
        items.undo_add(row, by=library.admin, at=at)
        seconds["adding"].append(added - began)
        seconds["undoing"].append(time.perf_counter() - added)
    for what, name in {"adding": "add 1,000 clips", "undoing": "undo that"}.items():
        taken = tuple(seconds[what][1:])
        conftest.ROWS.append(conftest.Measurement(f"collection: {name}", taken, 1_000, "clip", ""))


def _measure_alike(measure: Measure, library: Library, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n, version_id FROM seed WHERE brand_id = %s AND NOT trashed ORDER BY n DESC LIMIT %s",
            [library.brand.pk, RUNS + 1],
        )
        rows = cursor.fetchall()
    found = Version.objects.in_bulk([key for _n, key in rows])
    made = {key: scale_alike.known(n) for n, key in rows}
    wanted = cycle(found[key] for _n, key in rows)
    with pytest.MonkeyPatch.context() as patch:  # what its pictures look like was seen
        patch.setattr(finding, "_fingerprint", lambda version: made[version.pk])
        looked = finding.look(next(wanted))
        print(f"  a clip belongs to {looked.pairs} pairs", flush=True)
        measure("near duplicates: look for those of a clip", lambda: finding.look(next(wanted)), runs=RUNS)
    client.force_login(library.admin.user)
    home = f"/b/{library.brand.slug}/duplicates/"
    middle = NearPair.objects.filter(brand=library.brand).order_by("pk")[NearPair.objects.count() // 3].pk
    one = NearPair.objects.filter(brand=library.brand, different_at=None).latest("pk")
    for name, address in {
        "the list": home,
        "the list, a page in its middle": f"{home}?after={middle}",
        "the list, its last page": f"{home}?after={NearPair.objects.earliest('pk').pk + 24}",
        "those told apart": f"{home}?show=different",
        "a pair": f"{home}{one.pk}/",
    }.items():
        measure(f"near duplicates: {name}", _get(client, address), runs=RUNS)


def _get(client: Client, address: str) -> Callable[[], object]:
    def get() -> None:
        cache.clear()  # what is kept for a while is made each time
        assert client.get(address).status_code == 200, address

    return get


def _timed(what: str, work: Callable[[], T]) -> T:
    began = time.monotonic()
    result = work()
    print(f"  {what}: {time.monotonic() - began:,.1f} s", flush=True)
    return result
