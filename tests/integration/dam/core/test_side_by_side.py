"""Two reads at the same time, each on a connection of its own."""

import re
import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from dam.core import side_by_side
from dam.search import documents
from tests.call_depths import worst
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def one_more_connection(settings: Settings) -> Iterator[None]:
    settings.DATABASE_SIDE_CONNECTIONS = 1
    yield
    side_by_side.close()


def backend() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return threading.get_ident(), cursor.fetchone()[0]


def test_both_are_read_at_the_same_time_on_connections_of_their_own() -> None:
    meeting = threading.Barrier(2, timeout=10)  # broken if one waits for the other to end

    def read() -> tuple[int, int]:
        meeting.wait()
        return backend()

    (beside_thread, beside_backend), (thread, here) = side_by_side.both(read, read)
    assert thread == threading.get_ident() != beside_thread
    assert here != beside_backend


def test_the_language_and_the_time_zone_are_the_same_in_both() -> None:
    def here() -> tuple[str | None, str]:
        return translation.get_language(), timezone.get_current_timezone_name()

    with translation.override("fr"), timezone.override("Asia/Tokyo"):
        beside, in_this = side_by_side.both(here, here)
    assert beside == in_this == ("fr", "Asia/Tokyo")


def test_what_is_read_beside_has_room_for_its_calls() -> None:
    beside, _here = side_by_side.both(worst, lambda: None)
    assert beside < 20  # dam.core.call_room: 250 without


def test_inside_a_transaction_its_rows_are_seen_by_both() -> None:
    with transaction.atomic():
        brand = BrandFactory.create()
        beside, here = side_by_side.both(brand.__class__.objects.count, brand.__class__.objects.count)
    assert beside == here == 1


def test_where_no_thread_is_free_one_comes_after_the_other() -> None:
    inner: list[tuple[int, int]] = []
    side_by_side.both(lambda: None, lambda: None)

    def beside() -> None:
        inner.extend(side_by_side.both(backend, backend))

    side_by_side.both(beside, backend)
    assert len({thread for thread, _ in inner}) == 1


def test_what_either_raises_is_raised_and_the_thread_is_free_again() -> None:
    def fail() -> None:
        raise ValueError("no")

    for beside, here in ((fail, backend), (backend, fail)):
        with pytest.raises(ValueError, match="no"):
            side_by_side.both(beside, here)
    (other, _), (thread, _) = side_by_side.both(backend, backend)
    assert other != thread


def test_a_connection_that_was_lost_is_opened_again() -> None:
    (_, lost), _ = side_by_side.both(backend, backend)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [lost])
    (_, opened), _ = side_by_side.both(backend, backend)
    assert opened != lost


def test_a_search_reads_the_same_side_by_side_as_one_after_the_other(
    client: Client, settings: Settings
) -> None:
    version = VersionFactory.create(asset__title="Harbour at dawn")
    hidden = VersionFactory.create(asset__title="Harbour of others")
    documents.refresh_many([version.asset, hidden.asset])
    client.force_login(member(version.brand).user)

    def answers() -> list[str]:
        pages = []
        for query in ("", "?q=harbour", "?q=harbour&origin=uploaded", "?origin=uploaded"):
            content = client.get(f"/b/{version.brand.slug}/{query}").content.decode()
            main = content[content.index("<main") : content.index("</main>")]
            pages.append(" ".join(re.sub("<[^>]*>", " ", main).split()))
        return pages

    side_by_side.both(backend, backend)
    beside = answers()
    settings.DATABASE_SIDE_CONNECTIONS = 0
    assert answers() == beside
    assert all("Harbour at dawn" in page and "Harbour of others" not in page for page in beside)
