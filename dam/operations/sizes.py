"""How large everything is today, written down once a day, so that growth can be seen."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from dam.accounts.models import Brand
from dam.core import storage
from dam.operations import stored
from dam.operations.models import DailySize

KEPT = timedelta(days=2 * 366)
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Growth:
    """Bytes more (or fewer) than `days` days ago; none where nothing was written down before today."""

    bytes: int
    days: int

    @property
    def a_day(self) -> int:
        return self.bytes // self.days


def sample(*, day: date | None = None) -> None:
    """Write down today's sizes, or bring them up to date; those of two years ago go."""
    day = day or timezone.now().date()
    known = stored.of_all()
    rows = []
    for brand_id in Brand.objects.values_list("pk", flat=True):
        kept = stored.total(known.get(brand_id, []))
        rows.append(DailySize(day=day, brand_id=brand_id, files=kept.files, bytes=kept.bytes))
    DailySize.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["brand", "day"], update_fields=["files", "bytes"]
    )
    DailySize.objects.update_or_create(
        day=day,
        brand=None,
        defaults={
            "files": sum(row.files for row in rows),
            "bytes": sum(row.bytes for row in rows),
            "database_bytes": database_bytes(),
            "disk_free": storage.free(),
        },
    )
    DailySize.objects.filter(day__lt=day - KEPT).delete()


def database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def growth(brand: Brand | None, *, now: int, day: date | None = None) -> Growth | None:
    """How much more is stored than a month ago, or since the first day known. `now` is in bytes."""
    day = day or timezone.now().date()
    before = DailySize.objects.filter(brand=brand, day__gte=day - MONTH, day__lt=day).order_by("day").first()
    return None if before is None else Growth(now - before.bytes, (day - before.day).days)


def days_left(free: int | None, growing: Growth | None) -> int | None:
    """In how many days the disk is full at this pace; None where it isn't growing or isn't ours. Pure."""
    if free is None or growing is None or growing.bytes <= 0:
        return None
    return int(free * growing.days / growing.bytes)
