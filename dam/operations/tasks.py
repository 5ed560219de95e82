"""Tasks that keep the figures of the administration."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from dam.access import brand_closing, brand_export
from dam.core.tasks import enqueue
from dam.operations import sizes, stored, troubles


@shared_task(name="default.fold_stored")
def fold_stored() -> None:
    """Add up what came to storage and left it."""
    stored.fold()


@shared_task(name="default.sample_sizes")
def sample_sizes() -> None:
    """Write down how large everything is today."""
    sizes.sample()


@shared_task(name="default.retry_failed")
def retry_failed(brand_id: int, name: str, before: str) -> None:
    """Have every step of this name that had failed by then run again."""
    troubles.retry_failed(brand_id, name, before=datetime.fromisoformat(before))


@shared_task(name="transcode.export_brand")
def export_brand(export_id: int) -> None:
    """Write everything of a brand into a ZIP file: long work, on the lane of long work."""
    brand_export.run(export_id)


@shared_task(name="default.remove_brands")
def remove_brands() -> None:
    """Have closed brands deleted whose time to undo that has passed."""
    for key in brand_closing.due(at=timezone.now()).values_list("pk", flat=True):
        enqueue("transcode.remove_brand", brand_id=key)


@shared_task(name="transcode.remove_brand")
def remove_brand(brand_id: int) -> None:
    """Delete what a brand had, batch by batch; whatever is left is gone on with by the next message."""
    brand = brand_closing.due(at=timezone.now()).filter(pk=brand_id).first()
    if brand is not None:
        brand_closing.remove(brand)
