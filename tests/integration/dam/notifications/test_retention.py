"""What was told and sent is forgotten: so long after, a batch at a time, and nothing else with it."""

from datetime import UTC, datetime, timedelta

import pytest

from dam.accounts.models import Brand
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.notifications import retention, tasks
from dam.notifications.models import Delivery, Notification, Webhook
from dam.notifications.retention import DELIVERIES_KEPT, KEPT
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def brand() -> Brand:
    return BrandFactory.create()


def event(brand: Brand) -> Event:
    with trail.recording():
        trail.record(Verb.RELEASE_FAILED, brand=brand, target="Clip")
    return Event.objects.filter(brand=brand).latest("sequence")


def notification(brand: Brand, at: datetime, **fields: object) -> Notification:
    what = event(brand)
    return Notification.objects.create(
        brand=brand,
        user=member(brand).user,
        kind="release",
        event=what,
        newest=what,
        by="system",
        at=at,
        **fields,
    )


def delivery(brand: Brand, at: datetime) -> Delivery:
    hook, _ = Webhook.objects.get_or_create(
        brand=brand, defaults={"name": "Build", "url": "https://example.com/"}
    )
    return Delivery.objects.create(webhook=hook, kind="release", verb="release.failed", created_at=at)


def test_each_is_kept_for_its_time_to_the_second(brand: Brand) -> None:
    for age in (KEPT + SECOND, KEPT):
        notification(brand, NOON - age)
    for age in (DELIVERIES_KEPT + SECOND, DELIVERIES_KEPT):
        delivery(brand, NOON - age)
    events = Event.objects.count()
    assert retention.forget(at=NOON) is False
    assert [row.at for row in Notification.objects.all()] == [NOON - KEPT]
    assert [row.created_at for row in Delivery.objects.all()] == [NOON - DELIVERIES_KEPT]
    assert Event.objects.count() == events  # the log keeps what happened
    assert Webhook.objects.exists()


def test_unread_ones_and_those_of_closed_brands_go_too(brand: Brand) -> None:
    notification(brand, NOON - KEPT - SECOND, read_at=None)
    closed = BrandFactory.create(closed_at=NOON)
    notification(closed, NOON - KEPT - SECOND, read_at=NOON)
    retention.forget(at=NOON)
    assert not Notification.objects.exists()


def test_a_batch_at_a_time_oldest_first(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    rows = [notification(brand, NOON - KEPT - SECOND * number) for number in range(1, 6)]
    assert retention.forget(at=NOON) is True
    assert set(Notification.objects.all()) == set(rows[:3])
    assert retention.forget(at=NOON) is True
    assert retention.forget(at=NOON) is False
    assert not Notification.objects.exists()


def test_the_task_asks_for_itself_while_there_is_more(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[str] = []
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr(tasks, "offer", offered.append)
    notification(brand, datetime(2020, 1, 1, tzinfo=UTC))
    tasks.forget_notifications()
    tasks.forget_notifications()
    assert offered == ["default.forget_notifications"]
