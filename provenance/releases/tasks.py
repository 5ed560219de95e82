"""Tasks of releases: each takes ids, makes one call, and may run twice."""

from celery import current_task, shared_task

from provenance.releases import late_timestamps, likeness, recovery, renewals, worker


@shared_task(name="sign.release")
def release(release_id: int | None = None, version_id: str | None = None) -> None:
    """Sign a release. A message of 0.1 names the version instead; recovery sends what that one asked for."""
    if release_id is None:
        return
    worker.run(release_id, token=_token(), may_convert=False)


@shared_task(name="transcode.release")
def convert_and_release(release_id: int) -> None:
    """Sign a release whose master must be converted first: beside the proxies, for it takes as long."""
    worker.run(release_id, token=_token())


def _token() -> str:
    """The task's id: the same one comes again when the broker delivers what a dead worker had taken."""
    return str(current_task.request.id or "") if current_task else ""


@shared_task(name="default.recover_releases")
def recover_releases() -> None:
    recovery.recover()


@shared_task(name="sign.stamp_releases")
def stamp_releases() -> None:
    late_timestamps.add()


@shared_task(name="sign.renew_releases")
def renew_releases() -> None:
    """Let those hold on whose certificates run out soon."""
    renewals.renew_due()


@shared_task(name="index.look_at_releases")
def look_at_releases() -> None:
    """Keep what releases look like, by which copies of them are known."""
    likeness.tend()
