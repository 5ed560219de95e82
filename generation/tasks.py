"""What the workers do for generation. Each task may run twice."""

from celery import shared_task
from django.utils import timezone

from generation import batches, jobs, retention, runner


@shared_task(name="gpu.generate")
def generate(*, job_id: str) -> None:
    """Make one take: the one whose turn it is, which need not be the one that the message was sent for."""
    runner.make_next()


@shared_task(name="default.recover_jobs")
def recover_jobs() -> None:
    jobs.recover()
    batches.feed_all()


@shared_task(name="default.forget_jobs")
def forget_jobs() -> None:
    retention.run(at=timezone.now())
