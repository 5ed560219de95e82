"""Tasks of ingest: each takes ids, makes one call, and may run twice."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import sessions
from dam.catalog import versions
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from dam.core.tasks import enqueue
from dam.ingest import (
    added_steps,
    checks,
    cleanup,
    deleting,
    direct,
    filling,
    looking_again,
    passes,
    posters,
    proxy_quality,
    recovery,
    renditions,
    retention,
    step_progress,
    steps,
)
from dam.ingest.models import Step, StepState
from dam.media import loudness, specs, streams
from dam.media.probe import MediaInfo
from dam.search import footage, indexing, listening, reading
from dam.search.encoders.model_card import NoEncoder
from dam.search.indexing import NothingSeen
from dam.search.tagging import suggested_tags


@shared_task(name="check.upload")
def check_upload(upload_id: str) -> None:
    checks.run_in_turn(upload_id)


@shared_task(name="check.look_at_uploads")
def look_at_uploads() -> None:
    """In the queue of those who need the same store next: one that hangs holds up nothing else."""
    direct.look_at_due(timezone.now())


@shared_task(name="default.fill_renditions")
def fill_renditions() -> None:
    filling.go_on(at=timezone.now())


def render(version_id: str, kind: str) -> None:
    """Make any rendition of dam.media.specs."""
    steps.run_in_turn(version_id, kind, _make, together=TOGETHER)


# One task under the name of each lane: a task is named after its queue.
RENDER_TASKS = {
    lane: shared_task(name=f"{lane}.render")(render)
    for lane in sorted({spec.lane for spec in specs.RENDITIONS})
}


def leave_to_recovery(**ids: str) -> None:
    """Answers to the names that 0.1 gave tasks: its broker may hold some after an update.

    What they asked for is in the database too, and recovery sends it to the lane where it belongs now.
    """


for _name in ("media.take_upload", "media.poster", "media.sprite", "media.proxy"):
    shared_task(name=_name)(leave_to_recovery)


@shared_task(name="index.embed")
def embed(version_id: str) -> None:
    steps.run_in_turn(version_id, "embed", _embed)


@shared_task(name="index.embed_again")
def embed_again(version_id: str) -> None:
    """Embed a version whose shots and frames became known only after it had been embedded."""
    version = Version.objects.filter(pk=version_id).first()
    if version is not None:
        indexing.embed(version)


@shared_task(name="footage.measure")
def measure_quality(version_id: str) -> None:
    steps.run_in_turn(version_id, "quality", _measure)


@shared_task(name="footage.loudness")
def measure_loudness(version_id: str) -> None:
    steps.run_in_turn(version_id, "loudness", _loudness)


@shared_task(name="recognition.listen")
def listen(version_id: str) -> None:
    steps.run_in_turn(version_id, "speech", _listen)


@shared_task(name="recognition.read")
def read(version_id: str) -> None:
    steps.run_in_turn(version_id, "written", _read)


@shared_task(name="index.suggest_tags")
def suggest_tags(version_id: str) -> None:
    steps.run_in_turn(version_id, "tags", _suggest_tags)


@shared_task(name="index.look_again")
def look_again(version_id: str) -> None:
    """Embed a version that the installed encoder has not looked at."""
    looking_again.at(version_id)


@shared_task(name="index.reindex")
def reindex(chain: int) -> None:
    """Look at one version for the index that is being built, and go on with the next one."""
    looking_again.go_on(chain)


@shared_task(name="default.catch_up")
def catch_up() -> None:
    """See to it that the installed encoder has looked at the library."""
    looking_again.run()


@shared_task(name="default.add_steps")
def add_steps() -> None:
    added_steps.run()


@shared_task(name="default.recover_steps")
def recover_steps() -> None:
    recovery.run()


@shared_task(name="default.sweep")
def sweep() -> None:
    cleanup.run()
    retention.empty_trash(at=timezone.now())
    sessions.forget_ended()


@shared_task(name=deleting.TASK)
def delete_trash(brand_id: int, user_id: int, before: str) -> None:
    """Delete what lay in a brand's trash when somebody asked for it: some now, others in its next turn."""
    if deleting.some(brand_id, user_id, datetime.fromisoformat(before)):
        enqueue(deleting.TASK, brand_id=brand_id, user_id=user_id, before=before)


def _make(version: Version, kind: str) -> str:
    told = step_progress.teller(version, kind)
    if kind == RenditionKind.POSTER:
        remark = posters.make(version, told=told)
    else:
        try:
            remark = renditions.make(version, kind, told=told)
        except streams.NotStreamed as problem:
            raise steps.StepSkipped(str(problem)) from problem
    _made(version, kind)
    return remark


def _make_together(version: Version) -> dict[str, str]:
    remarks = passes.make(version, told=step_progress.teller(version, *passes.names(version)))
    for kind in remarks:
        _made(version, kind)
    return remarks


TOGETHER = steps.Together(passes.names, _make_together)


def _made(version: Version, kind: str) -> None:
    embedded = Step.objects.filter(version=version, name="embed", state=StepState.DONE)
    if kind == footage.KIND and embedded.exists():
        enqueue("index.embed_again", version_id=str(version.pk))


def _measure(version: Version, name: str) -> str:
    try:
        return proxy_quality.measure(version)
    except proxy_quality.NotMeasured as problem:
        raise steps.StepSkipped(str(problem)) from problem


def _loudness(version: Version, name: str) -> str:
    info = MediaInfo.from_json(version.media_info)
    if not info.has_audio:
        raise steps.StepSkipped(_("The clip has no sound."))
    with storage.local_copy(version.storage_key) as master:
        found = loudness.measure(master, info=info)
    versions.add_fact(version.pk, loudness.KEY, found.to_json())
    return loudness.words(found)


def _listen(version: Version, name: str) -> str:
    try:
        return listening.listen(version, told=step_progress.teller(version, name))
    except listening.NoSound as problem:
        raise steps.StepSkipped(_("The clip has no sound.")) from problem
    except listening.NoRecogniser as problem:
        raise steps.StepSkipped(str(problem)) from problem


def _read(version: Version, name: str) -> str:
    try:
        return reading.read(version, told=step_progress.teller(version, name))
    except reading.NoReader as problem:
        raise steps.StepSkipped(str(problem)) from problem


def _embed(version: Version, name: str) -> None:
    try:
        indexing.embed(version, told=step_progress.teller(version, name))
    except (NothingSeen, NoEncoder) as problem:
        raise steps.StepFailed(str(problem)) from problem


def _suggest_tags(version: Version, name: str) -> None:
    try:
        suggested_tags.suggest(version, encoder=indexing.encoders()[0])
    except NoEncoder as problem:
        raise steps.StepSkipped(str(problem)) from problem
