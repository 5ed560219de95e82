"""Tasks of collections."""

from celery import shared_task
from django.utils import timezone

from dam.collections import collections


@shared_task(name="default.forget_collections")
def forget_collections() -> None:
    """What was deleted or taken out, and not taken back."""
    collections.forget_deleted(at=timezone.now())
