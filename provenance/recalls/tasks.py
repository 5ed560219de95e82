"""Tasks of recalls: each makes one call, and may run twice."""

from celery import shared_task

from dam.core import tasks
from provenance.recalls import ended, recalls, spreading, stopped


@shared_task(name=recalls.SPREAD)
def spread_recalls() -> None:
    """Some slices now, others in the next turn: other work waits for the same worker."""
    if spreading.run():
        tasks.enqueue(recalls.SPREAD)


@shared_task(name="default.recall_ended")
def recall_ended() -> None:
    ended.look()


@shared_task(name="default.recall_stopped")
def recall_stopped() -> None:
    stopped.look()
