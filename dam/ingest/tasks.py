"""Tasks of ingest: each takes ids, makes one call, and may run twice."""

from celery import shared_task

from dam.catalog.models import Version
from dam.ingest import intake, renditions, steps
from dam.ingest import sweep as sweeping
from dam.search import indexing
from dam.search.encoders.card import NoEncoder
from dam.search.indexing import NothingSeen


@shared_task(name="media.take_upload")
def take_upload(upload_id: str) -> None:
    intake.take_upload(upload_id)


@shared_task(name="media.poster")
def poster(version_id: str) -> None:
    steps.run(version_id, "poster", renditions.make_poster)


@shared_task(name="media.sprite")
def sprite(version_id: str) -> None:
    steps.run(version_id, "sprite", renditions.make_sprite)


@shared_task(name="media.proxy")
def proxy(version_id: str) -> None:
    steps.run(version_id, "proxy", renditions.make_proxy)


@shared_task(name="index.embed")
def embed(version_id: str) -> None:
    steps.run(version_id, "embed", _embed)


@shared_task(name="default.sweep")
def sweep() -> None:
    sweeping.sweep()


def _embed(version: Version) -> None:
    try:
        indexing.embed(version)
    except (NothingSeen, NoEncoder) as problem:
        raise steps.StepFailed(str(problem)) from problem
