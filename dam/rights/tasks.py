"""Tasks of rights: each makes one call, and may run twice."""

from celery import shared_task

from dam.core import tasks
from dam.rights.model_licences import standings


@shared_task(name=standings.SPREAD)
def spread_model_licences() -> None:
    """Some slices now, others in the next turn: other work waits for the same worker."""
    if standings.spread():
        tasks.enqueue(standings.SPREAD)


@shared_task(name="default.judge_model_licences")
def judge_model_licences() -> None:
    standings.refresh_all()
