"""Messages to webhooks: which there are to send, what they say, and trying again for a day.

A message is sent at least once: a worker that dies after sending one leaves it to be sent again, under the
same id, by which receivers know it.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dam.accounts.models import Brand
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.core import tasks
from dam.notifications import collapsing, kinds
from dam.notifications.collapsing import Happening
from dam.notifications.models import Delivery, Webhook
from dam.notifications.webhooks import posting, signatures

TASK = "default.deliver_webhooks"
# After each failed attempt: a day in all.
WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 120, 240, 480, 520))
LEASE = timedelta(minutes=2)  # of a message that a worker is sending
GIVEN_UP_AFTER = timedelta(days=3)  # without one success: the webhook is turned off
MOST_AT_ONCE = 20
TEST = "test"


def add(brand: Brand, events: Sequence[Event], *, at: datetime) -> None:
    """Have the brand's webhooks told of these. In the transaction that keeps how far the trail was read."""
    hooks = list(Webhook.objects.filter(brand=brand, disabled_at=None))
    happenings = [
        Happening(index, kind, f"{event.actor_ref} {event.verb}", event.pk, event.at, event.asset_id)
        for event in events
        for index, hook in enumerate(hooks)
        if (kind := _kind(event, hook))
    ]
    if not happenings:
        return
    verbs = {event.pk: event.verb for event in events}
    Delivery.objects.bulk_create(
        [
            Delivery(
                webhook=hooks[bundle.reader],
                kind=bundle.kind,
                verb=verbs[bundle.event],
                event_id=bundle.event,
                asset_ids=bundle.assets,
                asset_count=bundle.asset_count,
                count=bundle.count,
                created_at=at,
                due_at=at,
            )
            for bundle in collapsing.collapse(happenings)
        ],
        ignore_conflicts=True,
    )
    tasks.enqueue(TASK)


def _kind(event: Event, hook: Webhook) -> str:
    """The first kind of the event that the webhook wants; "" where it wants none."""
    wanted = (kind.name for kind in kinds.of(event.verb, event.data) if kind.name in hook.kinds)
    return next(wanted, "")


def add_test(hook: Webhook) -> Delivery:
    """A message that says nothing, to see whether it arrives."""
    delivery = Delivery.objects.create(webhook=hook, kind=TEST, verb="webhook.test")
    tasks.enqueue(TASK)
    return delivery


def send_again(delivery: Delivery, *, at: datetime | None = None) -> None:
    """The same message, from now on and with all its tries."""
    Delivery.objects.filter(pk=delivery.pk).update(
        due_at=at or timezone.now(), attempts=0, delivered_at=None, error=""
    )
    tasks.enqueue(TASK)


def send_due(*, at: datetime | None = None) -> bool:
    """Send what is due; whether there is more."""
    at = at or timezone.now()
    due = Delivery.objects.filter(due_at__lte=at, webhook__disabled_at=None, webhook__brand__closed_at=None)
    due = due.order_by("due_at")
    ids = list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])
    for delivery_id in ids:
        _send(delivery_id, at)
    return len(ids) == MOST_AT_ONCE


def body(delivery: Delivery) -> bytes:
    """Ids and links. Titles, names and comments are for those who may see them, and they ask with the ids."""
    brand = delivery.webhook.brand
    return json.dumps(
        {
            "type": delivery.verb,
            "timestamp": delivery.created_at.isoformat(),
            "data": {
                "id": str(delivery.pk),
                "kind": delivery.kind,
                "brand": brand.slug,
                "event": delivery.event.sequence if delivery.event else None,
                "count": delivery.count,
                "assets": [_asset(brand, asset_id) for asset_id in delivery.asset_ids],
                "asset_count": delivery.asset_count,
            },
        },
        separators=(",", ":"),
    ).encode()


def _asset(brand: Brand, asset_id: UUID) -> dict[str, str]:
    return {
        "id": str(asset_id),
        "url": f"{settings.PUBLIC_URL}{reverse('asset', args=[brand.slug, asset_id])}",
    }


def _send(delivery_id: UUID, at: datetime) -> None:
    claimed = Delivery.objects.filter(pk=delivery_id, due_at__lte=at)
    now = timezone.now()
    if not claimed.update(due_at=max(now, at) + LEASE, tried_at=now):
        return  # another worker has it
    delivery = Delivery.objects.select_related("webhook__brand", "event").get(pk=delivery_id)
    hook, text = delivery.webhook, body(delivery)
    headers = signatures.headers(hook.secret, message_id=f"msg_{delivery.pk.hex}", at=now, body=text)
    headers["Content-Type"] = "application/json"
    answer = posting.post(hook.url, text, headers=headers, local=settings.WEBHOOKS_LOCAL)
    after = WAITS[delivery.attempts] if delivery.attempts < len(WAITS) else None
    gone = answer.status == 410  # the receiver wants no more of it
    again = None if answer.is_success or gone or after is None or delivery.kind == TEST else at + after
    Delivery.objects.filter(pk=delivery.pk).update(
        due_at=again,
        attempts=delivery.attempts + 1,
        delivered_at=timezone.now() if answer.is_success else None,
        status=answer.status,
        error=answer.error,
        milliseconds=answer.milliseconds,
    )
    if answer.is_success:
        Webhook.objects.filter(~Q(failing_since=None), pk=hook.pk).update(failing_since=None)
    elif delivery.kind != TEST:
        _note_failure(hook, at=at, gone=gone)


def _note_failure(hook: Webhook, *, at: datetime, gone: bool) -> None:
    """Turn a webhook off that failed for days, or says it is gone; its event tells those in charge."""
    Webhook.objects.filter(pk=hook.pk, failing_since=None).update(failing_since=at)
    with trail.recording():
        failing = Webhook.objects.filter(pk=hook.pk, disabled_at=None)
        if not gone:
            failing = failing.filter(failing_since__lte=at - GIVEN_UP_AFTER)
        if failing.update(disabled_at=at):
            data = {"webhook": str(hook.pk), "gone": gone}
            trail.record(Verb.WEBHOOK_DISABLED, brand=hook.brand, target=hook.name, data=data, at=at)
