"""Tasks that keep the figures of the administration."""

from celery import shared_task

from dam.operations import sizes, stored


@shared_task(name="default.fold_stored")
def fold_stored() -> None:
    """Add up what came to storage and left it."""
    stored.fold()


@shared_task(name="default.sample_sizes")
def sample_sizes() -> None:
    """Write down how large everything is today."""
    sizes.sample()
