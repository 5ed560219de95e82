"""What a brand keeps no longer: clips long in its trash, uploads long interrupted."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from dam.accounts.models import Brand
from dam.catalog.models import Asset
from dam.ingest import deleting
from dam.ingest.models import UNDER_WAY, Upload

UNBEGUN = timedelta(hours=1)
BATCH = 50  # clips of one brand in one sweep: deleting takes their index entries, comments and files along


def expired_trash(brand: Brand, *, before: datetime) -> QuerySet[Asset]:
    """Clips that lie in the trash since before then, and may go."""
    return deleting.deletable(brand).filter(trashed_at__lt=before)


def expired_uploads(brand: Brand, *, before: datetime) -> QuerySet[Upload]:
    return Upload.objects.filter(brand=brand, state__in=UNDER_WAY, updated_at__lt=before)


def expires_at(upload: Upload) -> datetime:
    """When an upload is given up unless something comes."""
    begun = upload.received or upload.parts.get("beyond")
    kept = timedelta(days=upload.brand.unfinished_upload_days) if begun else UNBEGUN
    return upload.updated_at + kept


def abandoned_uploads(*, at: datetime) -> QuerySet[Upload]:
    """Of every brand those that were interrupted longer ago than it keeps them, or never begun."""
    old = Q(received=0, updated_at__lt=at - UNBEGUN) & ~Q(parts__has_key="beyond")
    for days in Brand.objects.values_list("unfinished_upload_days", flat=True).distinct():
        old |= Q(brand__unfinished_upload_days=days, updated_at__lt=at - timedelta(days=days))
    return Upload.objects.filter(old, state__in=UNDER_WAY)


def empty_trash(*, at: datetime) -> int:
    """Delete what lay in the trash longer than its brand keeps it; how many clips. Their files follow."""
    count = 0
    for brand in Brand.objects.exclude(trash_days=None).filter(closed_at=None):
        before = at - timedelta(days=brand.trash_days or 0)
        for asset in expired_trash(brand, before=before).order_by("trashed_at")[:BATCH]:
            count += deleting.one(asset, before=before)
    return count
