"""Tasks of bulk edits."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from dam.bulk import edits, slices


@shared_task(name=edits.TASK)
def bulk_edit(edit_id: str) -> None:
    """Some of its clips now, others in its next turn: other work waits for the same worker."""
    if slices.work(UUID(edit_id)):
        edits.send(UUID(edit_id))


@shared_task(name="default.recover_bulk_edits")
def recover_bulk_edits() -> None:
    edits.recover(at=timezone.now())


@shared_task(name="default.forget_bulk_edits")
def forget_bulk_edits() -> None:
    edits.forget(at=timezone.now())
