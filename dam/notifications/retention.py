"""What was told is kept for a while, and then forgotten a batch at a time."""

from datetime import datetime, timedelta

from django.db.models import Model

from dam.notifications.models import Delivery, Notification

KEPT = timedelta(days=90)
DELIVERIES_KEPT = timedelta(days=30)
BATCH = 5000


def forget(*, at: datetime) -> bool:
    """Delete a batch of each; whether there is more."""
    old = Notification.objects.filter(at__lt=at - KEPT).order_by("at")
    sent = Delivery.objects.filter(created_at__lt=at - DELIVERIES_KEPT).order_by("created_at")
    more = [_delete(Notification, list(old.values_list("pk", flat=True)[:BATCH]))]
    more += [_delete(Delivery, list(sent.values_list("pk", flat=True)[:BATCH]))]
    return any(more)


def _delete(model: type[Model], keys: list[object]) -> bool:
    model._default_manager.filter(pk__in=keys).delete()
    return len(keys) == BATCH
