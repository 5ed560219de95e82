"""Tasks that keep the figures of the administration."""

from datetime import datetime

from celery import shared_task

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
