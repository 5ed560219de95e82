"""Takes that came to nothing and are kept no longer (Brand.failed_job_days)."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from dam.models import Brand
from generation.models import GenerationJob
from generation.states import JobState

BATCH = 2000  # of all brands in one run, which is once an hour: what is left goes with the next ones


def expired_jobs(brand: Brand, *, before: datetime) -> QuerySet[GenerationJob]:
    return _expired(before).filter(brand=brand)


def run(*, at: datetime) -> int:
    """Delete those that their brand keeps no longer, the oldest first, so many at most; how many."""
    kept = Brand.objects.exclude(failed_job_days=None).filter(closed_at=None)
    expired = GenerationJob.objects.none()
    for days in kept.order_by().values_list("failed_job_days", flat=True).distinct():
        before = at - timedelta(days=days or 0)
        expired |= _expired(before).filter(brand__failed_job_days=days, brand__closed_at=None)
    chosen = list(expired.order_by("finished_at").values_list("pk", flat=True)[:BATCH])
    return _expired(at).filter(pk__in=chosen).delete()[0] if chosen else 0


def _expired(before: datetime) -> QuerySet[GenerationJob]:
    ended = [JobState.FAILED.value, JobState.CANCELLED.value]
    return GenerationJob.objects.filter(state__in=ended, finished_at__lt=before)
