"""The audit trail holds: one unbroken chain for each brand, and nobody edits it."""

import threading
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.utils import translation

from dam.accounts.models import Brand
from dam.accounts.principals import Guest, Token
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from tests.factories import BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db


def record(brand: Brand, number: int = 0) -> Event:
    trail.record(Verb.ASSET_EDITED, brand=brand, target=f"Clip {number}", data={"number": number})
    return newest(brand)


def newest(brand: Brand) -> Event:
    return Event.objects.filter(brand=brand).latest("sequence")


def tamper(statement: str, *values: Any) -> None:
    """What somebody could do who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE dam_event DISABLE TRIGGER dam_event_append_only")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE dam_event ENABLE TRIGGER dam_event_append_only")


def test_each_event_carries_the_hash_of_the_one_before() -> None:
    brand = BrandFactory.create()
    first, second = record(brand, 1), record(brand, 2)
    assert (first.sequence, first.previous_hash) == (1, trail.GENESIS)
    assert (second.sequence, second.previous_hash) == (2, first.hash)


def test_brands_have_chains_of_their_own() -> None:
    record(BrandFactory.create())
    assert record(BrandFactory.create()).sequence == 1


def test_a_chain_is_intact_whatever_the_data_looks_like() -> None:
    brand = BrandFactory.create()
    data: Any = {"tuple": (1, 2), 10: "ten", 9: "nine", "share": 0.1, "name": "Zoë", "nothing": None}
    berlin = timezone(timedelta(hours=1))
    trail.record(
        Verb.ASSET_EDITED, brand=brand, target="t", data=data, at=datetime(2026, 1, 1, 12, tzinfo=berlin)
    )
    record(brand)
    assert trail.first_broken(brand) is None


def test_an_event_says_who_even_without_a_name() -> None:
    nameless = UserFactory.create(name="", email="kim@example.com")
    brand = BrandFactory.create()
    trail.record(Verb.ASSET_EDITED, brand=brand, target="t", actor=nameless)
    event = newest(brand)
    assert event.actor_name == "kim@example.com"


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        trail.record(
            Verb.ASSET_EDITED, brand=BrandFactory.create(), target="t", data={"seconds": float("nan")}
        )


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("actor_name = %s", "Somebody else"),
        ("verb = %s", "review.approved"),
        ("target = %s", "Another clip"),
        ("data = %s", '{"number": 3}'),
        ("at = %s", datetime(2020, 1, 1, tzinfo=UTC)),
        ("asset_id = %s", uuid.UUID(int=7)),
        ("hash = %s", "f" * 64),
        ("previous_hash = %s", "f" * 64),
    ],
)
def test_a_changed_event_breaks_the_chain(change: str, value: object) -> None:
    brand = BrandFactory.create()
    events = [record(brand, number) for number in range(3)]
    tamper(f"UPDATE dam_event SET {change} WHERE id = %s", value, events[1].pk)
    broken = trail.first_broken(brand)
    assert broken is not None
    assert broken.sequence == 2


def test_a_removed_event_breaks_the_chain() -> None:
    brand = BrandFactory.create()
    events = [record(brand, number) for number in range(3)]
    tamper("DELETE FROM dam_event WHERE id = %s", events[1].pk)
    assert trail.first_broken(brand) == events[2]


def test_an_event_moved_to_another_brand_breaks_that_chain() -> None:
    brand, other = BrandFactory.create(), BrandFactory.create()
    event = record(brand)
    tamper("UPDATE dam_event SET brand_id = %s WHERE id = %s", other.pk, event.pk)
    assert trail.first_broken(other) == event


def test_the_database_refuses_to_change_an_event() -> None:
    event = record(BrandFactory.create())
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(verb="nothing.happened")


def test_the_database_refuses_to_delete_an_event() -> None:
    event = record(BrandFactory.create())
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        event.delete()


def test_a_deleted_person_is_forgotten_and_the_chain_holds() -> None:
    brand, person = BrandFactory.create(), UserFactory.create(name="Kim")
    trail.record(Verb.ASSET_EDITED, brand=brand, target="t", actor=person)
    person.delete()
    event = Event.objects.get(brand=brand)
    assert (event.actor_id, event.actor_name) == (None, "Kim")
    assert trail.first_broken(brand) is None


def test_an_event_goes_with_the_change_it_tells_of() -> None:
    brand = BrandFactory.create()
    with trail.recording():
        trail.record(Verb.ASSET_EDITED, brand=brand, target="t")
        transaction.set_rollback(True)
    assert not Event.objects.filter(brand=brand).exists()


@pytest.mark.django_db(transaction=True)
def test_events_at_the_same_moment_queue_up() -> None:
    brand = BrandFactory.create()
    together = threading.Barrier(4)

    def write() -> None:
        together.wait(timeout=60)
        try:
            for number in range(5):
                record(brand, number)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
    assert list(
        Event.objects.filter(brand=brand).order_by("sequence").values_list("sequence", flat=True)
    ) == list(range(1, 21))
    assert trail.first_broken(brand) is None


def test_a_members_event_names_the_person_and_a_tokens_says_that_it_was_one() -> None:
    kim = member(BrandFactory.create(), name="Kim")
    token = Token(kim.user, kim.brand, kim.role, token_id=1, label="nightly", granted=frozenset())
    guest = Guest(kim.brand, link_id=1, label="Agency", capabilities=frozenset())
    with translation.override("de"):  # in whatever language they act
        for actor in (kim, token, guest):
            trail.record(Verb.ASSET_EDITED, brand=kim.brand, target="t", actor=actor, data={"number": 1})
    events = Event.objects.order_by("sequence")
    assert [(event.actor_id, event.actor_name, event.data) for event in events] == [
        (kim.user.pk, "Kim", {"number": 1}),
        (kim.user.pk, "Kim (nightly)", {"number": 1, "principal": "token"}),
        (None, "Agency (guest)", {"number": 1, "principal": "guest"}),
    ]
    assert trail.first_broken(kim.brand) is None


def test_events_are_appended_when_the_outermost_block_ends() -> None:
    brand = BrandFactory.create()
    with trail.recording():
        with trail.recording():
            trail.record(Verb.ASSET_EDITED, brand=brand, target="first")
        trail.record(Verb.ASSET_TRASHED, brand=brand, target="second")
        assert not Event.objects.filter(brand=brand).exists()
    targets = Event.objects.filter(brand=brand).order_by("sequence").values_list("target", flat=True)
    assert list(targets) == ["first", "second"]


def test_a_block_that_is_rolled_back_takes_its_events_along() -> None:
    brand = BrandFactory.create()
    with trail.recording():
        trail.record(Verb.ASSET_EDITED, brand=brand, target="kept")
        with suppress(ZeroDivisionError), trail.recording():
            trail.record(Verb.ASSET_EDITED, brand=brand, target="dropped")
            raise ZeroDivisionError
    assert [event.target for event in Event.objects.filter(brand=brand)] == ["kept"]


def test_an_event_inside_a_plain_transaction_is_refused() -> None:
    """It would hold the chain while more rows are locked."""
    with transaction.atomic(), pytest.raises(trail.NotRecording):
        trail.record(Verb.ASSET_EDITED, brand=BrandFactory.create(), target="t")


def test_a_recording_inside_a_plain_transaction_is_refused() -> None:
    brand = BrandFactory.create()
    with transaction.atomic(), pytest.raises(trail.NotRecording), trail.recording():
        trail.record(Verb.ASSET_EDITED, brand=brand, target="t")
    assert not Event.objects.filter(brand=brand).exists()


def test_many_events_take_as_many_queries_as_one(django_assert_num_queries: Any) -> None:
    brand = BrandFactory.create()
    entries = [PendingEvent(Verb.ASSET_EDITED, brand, f"Clip {number}") for number in range(50)]
    with django_assert_num_queries(5):  # savepoint, lock, last event, insert, release
        trail.record_many(entries)
    assert trail.first_broken(brand) is None
    assert newest(brand).sequence == 50


def test_a_verb_that_is_not_in_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match=r"asset\.eaten"):
        trail.record("asset.eaten", brand=BrandFactory.create(), target="t")  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_brands_are_locked_in_one_order_whoever_comes() -> None:
    """One transaction tells of brand A and then of B, another of B and then of A: neither is given up."""
    brands = [BrandFactory.create(), BrandFactory.create()]
    together = threading.Barrier(2)
    failures: list[Exception] = []

    def write(order: list[Brand]) -> None:
        try:
            for _ in range(20):
                together.wait(timeout=60)
                with trail.recording():
                    for brand in order:
                        trail.record(Verb.ASSET_EDITED, brand=brand, target="t")
        except Exception as problem:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(problem)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(order,)) for order in (brands, brands[::-1])]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
    assert failures == []
    assert [Event.objects.filter(brand=brand).count() for brand in brands] == [40, 40]
    assert all(trail.first_broken(brand) is None for brand in brands)
