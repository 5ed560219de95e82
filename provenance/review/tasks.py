"""Tasks of review."""

from celery import shared_task

from provenance.review import reminders


@shared_task(name="default.remind_of_reviews")
def remind_of_reviews() -> None:
    """Say that reviews are due tomorrow or overdue."""
    reminders.remind()
