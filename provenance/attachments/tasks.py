"""Tasks of attachments: each takes ids, makes one call, and may run twice."""

from celery import shared_task

from provenance.attachments import files, worker


@shared_task(name="media.attachment")
def show_attachment(attachment_id: str) -> None:
    worker.run(attachment_id)


@shared_task(name="default.recover_attachments")
def recover_attachments() -> None:
    files.recover()
