"""Waiting in a command until the workers have made takes."""

import time
from collections.abc import Callable, Collection
from uuid import UUID

from dam.core import errors
from generation import states
from generation.models import GenerationJob

POLL_SECONDS = 0.5

OnChange = Callable[[list[GenerationJob]], None]


class TookTooLong(errors.Refused):
    """The jobs were not finished in the time that was given."""

    code = "took_too_long"


def until_finished(
    job_ids: Collection[UUID], *, seconds: float, on_change: OnChange = lambda changed: None
) -> list[GenerationJob]:
    """The jobs once all are done, failed or cancelled; `on_change` hears of changes. Raises TookTooLong."""
    end = time.monotonic() + seconds
    before: list[tuple[str, str, int]] | None = None
    while True:
        jobs = list(
            GenerationJob.objects.filter(pk__in=job_ids)
            .select_related("brand", "version__asset")
            .order_by("created_at", "take")
        )
        now = [(job.state, job.phase, job.step) for job in jobs]
        if now != before:
            before = now
            on_change(jobs)
        if not any(job.state in states.OPEN for job in jobs):
            return jobs
        if time.monotonic() > end:
            raise TookTooLong(
                f"Not finished within {seconds:.0f} seconds. Is a worker for the gpu queue running?"
            )
        time.sleep(POLL_SECONDS)
