"""What the workers do for generation. Each task may run twice."""

from celery import shared_task
from django.utils import timezone

from dam.core import tasks
from generation import (
    batches,
    jobs,
    made_by,
    model_fetches,
    model_removal,
    reproducer,
    reproductions,
    retention,
    runner,
    saved_latents,
)
from generation.cuts import work, worker


@shared_task(name="gpu.generate")
def generate(*, job_id: str) -> None:
    """Make one take: the one whose turn it is, which need not be the one that the message was sent for."""
    runner.make_next(otherwise=reproducer.run_next)


@shared_task(name="gpu.reproduce")
def reproduce(*, reproduction_id: str) -> None:
    """Make one clip again, unless somebody waits for a take: then that take, whose own turn comes to this."""
    runner.make_next(otherwise=reproducer.run_next)


@shared_task(name=work.TASK)
def make_cut(*, cut_id: str) -> None:
    worker.run(cut_id)


@shared_task(name="default.recover_jobs")
def recover_jobs() -> None:
    jobs.recover()
    reproductions.recover()
    work.recover()
    batches.feed_all()


@shared_task(name=model_fetches.TASK)
def fetch_models(*, follows: bool = False) -> None:
    """One turn now, others later: other work waits for the same worker. One chain of turns is enough."""
    if not follows and model_fetches.is_going_on():
        return
    if model_fetches.run():
        tasks.enqueue(model_fetches.TASK, follows=True)


@shared_task(name="default.forget_jobs")
def forget_jobs() -> None:
    retention.run(at=timezone.now())
    saved_latents.sweep(at=timezone.now())
    made_by.catch_up(at=timezone.now())
    made_by.fill_in()
    model_removal.purge(at=timezone.now())
