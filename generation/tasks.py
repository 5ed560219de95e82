"""What the workers do for generation. Each task may run twice."""

from uuid import UUID

from celery import shared_task

from generation import jobs, runner


@shared_task(name="gpu.generate")
def generate(*, job_id: str) -> None:
    runner.make(UUID(job_id))


@shared_task(name="default.recover_jobs")
def recover_jobs() -> None:
    jobs.recover()
