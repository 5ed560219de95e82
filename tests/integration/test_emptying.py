"""What is left of a test that committed, and who is waited for before its rows go."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import assets
from dam.search import encoder_indexes
from tests import emptying
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = (
    "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database"
    " WHERE datname = current_database() AND NOT granted"
)


def asked(query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows


def of_schema(condition: str) -> set[object]:
    named = asked(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        f" AND relkind IN ('r', 'p') AND {condition}"
    )
    return {name for (name,) in named}


def kept() -> dict[str, set[object]]:
    return {
        each._meta.db_table: set(each._default_manager.values_list("pk", flat=True)) for each in emptying.KEPT
    }


def test_no_table_is_forgotten() -> None:
    assert of_schema("NOT relispartition") == {*emptying.tables(), *kept(), "django_migrations"}


def test_every_row_is_gone_but_those_that_migrations_made() -> None:
    before = kept()
    brand = BrandFactory.create()
    assets.trash(VersionFactory.create(asset__brand=brand).asset, by=member(brand, Role.ADMIN))
    encoder_indexes.opened("somebody/encoder", dimensions=4)
    assert Event.objects.exists()
    assert of_schema("relispartition")
    emptying.empty()
    left = [table for table in emptying.tables() if asked(f'SELECT 1 FROM "{table}" LIMIT 1')]
    assert left == []
    assert of_schema("relispartition") == set()
    assert kept() == before
    assert all(before.values())


def test_the_next_test_has_its_triggers() -> None:
    emptying.empty()
    assert asked("SHOW session_replication_role") == [("origin",)]


def test_whoever_is_still_at_work_is_waited_for() -> None:
    """Else what they commit a moment later would be there in the next test."""
    at_work, waited_for = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                BrandFactory.create()
                at_work.set()
                deadline = time.monotonic() + 30
                while time.monotonic() < deadline and not waited_for.is_set():
                    if asked(WAITS):
                        waited_for.set()
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert at_work.wait(30)
    emptying.empty()
    worker.join()
    assert waited_for.is_set()
    assert not Brand.objects.exists()


def test_tests_that_commit_end_so() -> None:
    assert TransactionTestCase._fixture_teardown is emptying._fixture_teardown  # type: ignore[attr-defined]


def test_it_gives_way_to_whoever_waits_for_it_and_begins_again() -> None:
    first, *_others, last = emptying.tables()
    holds, done = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '60s'")  # the other one finds it
                cursor.execute(f'LOCK TABLE "{last}" IN ACCESS SHARE MODE')
                holds.set()
                deadline = time.monotonic() + 30
                while time.monotonic() < deadline and not asked(WAITS):
                    time.sleep(0.01)
                cursor.execute(f'LOCK TABLE "{first}" IN ACCESS SHARE MODE')
            done.set()
        finally:
            holds.set()
            connection.close()

    BrandFactory.create()
    worker = threading.Thread(target=work)
    worker.start()
    holds.wait(30)
    emptying.empty()
    worker.join()
    assert done.is_set()
    assert not Brand.objects.exists()
