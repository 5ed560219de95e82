"""Tasks of media. Those that make renditions are dam.ingest's, which knows the steps."""

from celery import shared_task

from dam.catalog.models import Version
from dam.media import comparing


@shared_task(name="media.compare_pictures")
def compare_pictures(one_id: str, two_id: str) -> None:
    """Answer a page that waits for where two versions differ."""
    found = Version.objects.prefetch_related("renditions").in_bulk([one_id, two_id])
    versions = {str(pk): version for pk, version in found.items()}
    if one_id in versions and two_id in versions:
        comparing.answer(versions[one_id], versions[two_id])
