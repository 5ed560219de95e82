"""Tasks of releases: each takes ids, makes one call, and may run twice."""

from celery import current_task, shared_task

from provenance.releases import recovery, worker


@shared_task(name="sign.release")
def release(release_id: int | None = None, version_id: str | None = None) -> None:
    """Sign a release. A message of 0.1 names the version instead; recovery sends what that one asked for."""
    if release_id is None:
        return
    # The task's id: the same one comes again when the broker delivers what a dead worker had taken.
    worker.run(release_id, token=str(current_task.request.id or "") if current_task else "")


@shared_task(name="default.recover_releases")
def recover_releases() -> None:
    recovery.recover()
