"""Tasks of notifications: each takes ids, makes one call, and may run twice."""

from celery import shared_task
from django.utils import timezone

from dam.core.tasks import offer
from dam.notifications import following, mailing, retention, rights_reminders
from dam.notifications.webhooks import deliveries
from dam.rights import consent_ends


@shared_task(name="default.follow_trails")
def follow_trails(brand_id: int | None = None) -> None:
    """A batch of a brand's audit trail, or of all brands'; sends itself again for what is left."""
    more = following.run_all() if brand_id is None else following.run(brand_id)
    if more:
        offer("default.follow_trails", **({} if brand_id is None else {"brand_id": brand_id}))


@shared_task(name="default.mail_notifications")
def mail_notifications() -> None:
    """Mails that are due; sends itself again for what is left."""
    if mailing.send_due():
        offer("default.mail_notifications")


@shared_task(name="default.deliver_webhooks")
def deliver_webhooks() -> None:
    if deliveries.send_due():
        offer("default.deliver_webhooks")


@shared_task(name="default.remind_of_rights")
def remind_of_rights() -> None:
    rights_reminders.remind()


@shared_task(name="default.tell_of_consents")
def tell_of_consents() -> None:
    consent_ends.look()


@shared_task(name="default.forget_notifications")
def forget_notifications() -> None:
    if retention.forget(at=timezone.now()):
        offer("default.forget_notifications")
