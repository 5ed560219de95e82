"""Tasks of downloads: each takes ids, makes one call, and may run twice."""

from celery import shared_task

from provenance.downloads import recovery, worker


@shared_task(name="transcode.preset")
def make_preset_file(file_id: str) -> None:
    worker.run(file_id)


@shared_task(name="default.recover_downloads")
def recover_downloads() -> None:
    recovery.run()
