"""A brand that brings in a thousand clips at once has the next one done after everybody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts import turns
from dam.accounts.models import Brand, User
from dam.catalog.models import Processing, Version
from dam.ingest import checks, dispatch, importer, recovery, steps, uploads
from dam.ingest.models import Step, StepState, Upload, UploadState
from tests.factories import BrandFactory, VersionFactory, member

Done = list[tuple[Version, str]]


@pytest.fixture
def done(db: None) -> Done:
    return []


def bring_in(brand: Brand, user: User) -> Version:
    version = VersionFactory.create(asset__brand=brand, asset__created_by=user, processing=Processing.WAITING)
    steps.begin(version)
    return version


def take(message: Version, name: str, done: Done) -> None:
    """A worker gets the message of that step."""
    steps.run_in_turn(message.pk, name, lambda version, name: done.append((version, name)))


def test_one_clip_of_another_brand_does_not_wait_for_a_bulk_upload(
    brand: Brand, creator: User, done: Done
) -> None:
    bulk = [bring_in(brand, creator) for _ in range(10)]
    other = member(BrandFactory.create())
    theirs = bring_in(other.brand, other.user)
    for message in bulk[:2]:  # the messages come in the order in which they were sent
        take(message, "proxy", done)
    assert (theirs, "proxy") in done


def test_one_clip_of_a_colleague_does_not_wait_for_a_bulk_upload(
    brand: Brand, creator: User, done: Done
) -> None:
    bulk = [bring_in(brand, creator) for _ in range(10)]
    theirs = bring_in(brand, member(brand).user)
    for message in bulk[:2]:
        take(message, "proxy", done)
    assert (theirs, "proxy") in done


def test_as_many_messages_as_steps_do_every_step_once(brand: Brand, creator: User, done: Done) -> None:
    versions = [bring_in(brand, creator) for _ in range(3)] + [bring_in(brand, member(brand).user)]
    for version in reversed(versions):
        for name in ("poster", "sprite"):  # of one task, and so in one line
            take(version, name, done)
    assert sorted((str(version.pk), name) for version, name in done) == sorted(
        (str(version.pk), name) for version in versions for name in ("poster", "sprite")
    )


def test_a_step_that_was_put_back_is_not_taken_before_its_time(
    brand: Brand, creator: User, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "offer", lambda task, **ids: True)
    back, other = bring_in(brand, creator), bring_in(brand, creator)
    later = timezone.now() + timedelta(minutes=8)
    Step.objects.filter(version=back, name="proxy").update(reason="Storage was away.", due_at=later)
    take(other, "proxy", done)
    assert done == [(other, "proxy")]
    recovery.run(at=later)
    take(back, "proxy", done)
    assert (back, "proxy") in done


def test_a_step_that_lost_its_worker_goes_on_at_once(brand: Brand, creator: User, done: Done) -> None:
    bring_in(brand, creator)
    lost = bring_in(brand, creator)
    ago = timezone.now() - timedelta(minutes=5)
    Step.objects.filter(version=lost, name="proxy").update(
        state=StepState.RUNNING, started_at=ago, held_until=ago, attempts=1
    )
    take(lost, "proxy", done)
    assert done == [(lost, "proxy")]


def test_a_choice_takes_as_many_queries_however_much_waits(
    brand: Brand, creator: User, done: Done, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        bring_in(brand, creator)
    first = Step.objects.filter(name="proxy").first()
    assert first is not None
    with django_assert_max_num_queries(16):
        assert steps._claim_in_turn(first.version_id, "proxy", "claim") is not None


def queue_up(brand: Brand, user: User, *, name: str, count: int) -> None:
    """Rows of steps alone: their versions would take long to make, and nothing here reads them."""
    row = "gen_random_uuid(), %s, %s, %s, 0, 'waiting', '', '', 0, 0, 1"
    columns = "version_id, brand_id, user_id, name, position, state, reason, claim, attempts, interruptions"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign keys
        cursor.execute(
            f"INSERT INTO dam_step ({columns}, sends) SELECT {row} FROM generate_series(1, %s)",
            [brand.pk, user.pk, name, count],
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("ANALYZE dam_step")


def blocks_read(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}")
        plan = cursor.fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


@pytest.mark.parametrize("names", [("proxy",), ("poster", "sprite"), ("embed",)])
def test_a_choice_reads_as_little_of_the_database_however_much_waits(
    brand: Brand, creator: User, names: tuple[str, ...]
) -> None:
    member(BrandFactory.create())
    for name in ("proxy", "poster", "sprite"):
        queue_up(brand, creator, name=name, count=10_000)
    with CaptureQueriesContext(connection) as context:
        chosen = next(turns.rows("media", dispatch.in_line(names)), None)
    assert chosen is None if names == ("embed",) else chosen is not None
    queries = [each["sql"] for each in context.captured_queries]
    assert sum(map(blocks_read, queries)) < 100


def received(brand: Brand, user: User) -> Upload:
    upload = uploads.create(brand=brand, user=user, filename="a.mp4", size=100)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.RECEIVED)
    return upload


def test_one_upload_of_another_brand_is_checked_before_the_rest_of_a_bulk_upload(
    brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[Any] = []

    def check(upload_id: Any) -> None:
        checked.append(upload_id)
        Upload.objects.filter(pk=upload_id).update(state=UploadState.TAKEN)

    monkeypatch.setattr(importer, "take_upload", check)
    bulk = [received(brand, creator) for _ in range(10)]
    other = member(BrandFactory.create())
    theirs = received(other.brand, other.user)
    for message in bulk[:2]:
        checks.run_in_turn(message.pk)
    assert theirs.pk in checked
    for message in [*bulk[2:], theirs]:
        checks.run_in_turn(message.pk)
    assert sorted(map(str, checked)) == sorted(str(each.pk) for each in [*bulk, theirs])
