"""Takes that came to nothing and are kept no longer (Brand.failed_job_days)."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from dam.models import Brand
from generation.models import GenerationJob
from generation.states import JobState

BATCH = 500  # of one brand in one sweep


def expired_jobs(brand: Brand, *, before: datetime) -> QuerySet[GenerationJob]:
    ended = [JobState.FAILED.value, JobState.CANCELLED.value]
    return GenerationJob.objects.filter(brand=brand, state__in=ended, finished_at__lt=before)


def run(*, at: datetime) -> int:
    """Delete those that their brand keeps no longer; how many."""
    count = 0
    for brand in Brand.objects.exclude(failed_job_days=None).filter(closed_at=None):
        expired = expired_jobs(brand, before=at - timedelta(days=brand.failed_job_days or 0))
        chosen = list(expired.order_by("finished_at").values_list("pk", flat=True)[:BATCH])
        count += expired.filter(pk__in=chosen).delete()[0]
    return count
