"""Tasks of accounts: mails on their way."""

from uuid import UUID

from celery import shared_task

from dam.accounts import outbox


@shared_task(name="default.send_mail")
def send_mail(mail_id: str) -> None:
    """Send one mail; one that isn't taken is tried again later."""
    outbox.send_one(UUID(mail_id))


@shared_task(name="default.send_mails")
def send_mails() -> None:
    """Send again what is due."""
    outbox.send_due()
