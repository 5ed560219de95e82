"""Making a take: frames from the generator, a signed file from the frames, an asset from the file."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

from celery.exceptions import Reject
from django.db import DatabaseError, connection
from django.utils import timezone

from dam.accounts import principals
from dam.catalog.models import Asset, Origin, Version
from dam.core import database, failures, sandbox, storage
from dam.core.lazily import lazy
from dam.ingest import disk_space, filenames, next_versions, outages, registration
from dam.ingest.next_versions import NoTarget
from dam.ingest.registration import AlreadyKnown
from dam.media import runner
from dam.media.errors import FileRefused, MediaFailed
from dam.media.invisible_watermark import Mark
from dam.rights.making import NotMadeFrom
from dam.rights.models import Relation
from generation import briefs, composition, frame_comparison, jobs, model_register, saved_latents, sources
from generation.composition import Plan
from generation.generators import frames_check, loading, modes
from generation.generators.base import (
    Cancelled,
    Frames,
    GeneratorError,
    Latents,
    ModelIdentity,
    OnStep,
    VideoGenerator,
    VideoRequest,
)
from generation.generators.modes import Mode
from generation.models import GenerationJob
from generation.sources import Opened
from generation.states import Phase
from provenance.manifests import claims, signing
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.development_ca import AuthorityBroken
from provenance.manifests.signers import SignerExpired, SignerNotConfigured, SignerUnreadable
from provenance.manifests.signing import NotAsSigned
from provenance.watermarks import marks
from provenance.watermarks.marks import Chosen

log = logging.getLogger(__name__)

# Progress is kept and published at most this often; a fast generator would else busy the database.
PUBLISH_SECONDS = 0.25
# What may go wrong in ways that their messages explain to people.
FORESEEN = (
    AlreadyKnown,
    AuthorityBroken,
    GeneratorError,
    MediaFailed,
    NotAsSigned,
    NotMadeFrom,
    NoTarget,
    FileRefused,
    SignerExpired,
    SignerNotConfigured,
    SignerUnreadable,
    SigningFailed,
)
OUT_OF_MEMORY = lazy("The server ran out of memory. Try a shorter or smaller clip.")
SPARING = lazy("Memory ran out, so this take is made again in a way that needs less and takes longer.")
OFFLOADED = "offloaded"  # in what is recorded of a take's making


def make_next(otherwise: Callable[[], object] = lambda: None) -> Version | None:
    """Make the take whose turn it is; when no take waits, None, and `otherwise` is done.

    Raises Reject when the database stays away.
    """
    return _run(lambda: jobs.claim_next(fits=_is_loaded), otherwise)


def _is_loaded(generator: str) -> bool:
    """Whether this worker has the model in memory that a job names."""
    try:
        return loading.is_warm(model_register.generator(generator).folder)
    except GeneratorError:
        return False


def make(job_id: UUID) -> Version | None:
    """Make the take that a job asks for; None when there is nothing (left) to do for this worker.

    What was away puts it back to waiting; whatever else goes wrong ends in a failed job with its reason, and
    nothing half is kept. What nobody foresaw is raised on, for the log.
    """
    return _run(lambda: jobs.claim(job_id))


def _run(
    claim: Callable[[], GenerationJob | None], otherwise: Callable[[], object] = lambda: None
) -> Version | None:
    try:
        job = database.again(claim)
        if job is not None:
            return _run_claimed(job)
        otherwise()
        return None
    except database.AWAY as problem:
        log.warning("The database is away; a take goes back to its queue.")
        raise Reject(problem, requeue=True) from problem


def _run_claimed(job: GenerationJob) -> Version | None:
    try:
        with heartbeat(lambda: jobs.beat(job), of=f"job {job.pk}"):
            return _make(job)
    except jobs.Lost:
        log.info("Job %s is no longer this worker's.", job.pk)
    except Cancelled:
        _unless_lost(lambda: jobs.stop(job))
        saved_latents.forget(job.pk)
    except MemoryError:
        _unless_lost(lambda: jobs.fail(job, reason=OUT_OF_MEMORY))
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(lambda: jobs.release(job))
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(job, problem)
    return None


def _take_problem(job: GenerationJob, problem: Exception) -> None:
    away = outages.describe(problem)
    if away is not None:
        log.warning("Job %s is put back: %s (%r)", job.pk, away, problem)
        # What ends our programs again and again may be the job itself.
        counts = isinstance(problem, sandbox.Interrupted)
        _unless_lost(lambda: jobs.put_back(job, reason=away, counts=counts))
        return
    reason = failures.sentence(problem, of=f"Job {job.pk}", worded=FORESEEN)
    _unless_lost(lambda: jobs.fail(job, reason=reason))
    if not isinstance(problem, FORESEEN):
        raise problem


def _make(job: GenerationJob) -> Version:
    _target(job)  # before hours of work on what nobody can take
    sources.mode(job)
    disk_space.require_work(0)
    with sources.opened(job) as given:
        generator = loading.load(model_register.generator(job.generator).folder)
        understanding = generator.understand(job.prompt)
        database.again(lambda: jobs.keep_model(job, identity=generator.identity, understanding=understanding))
        frames = _saved_frames(job, generator, given)
        digest = frame_comparison.digest(frames)
        made_with: dict[str, Any] = {"environment": dict(generator.environment), "frames_sha256": digest}
        made_with |= {"tiled": True} if job.tiled else {}
        made_with |= {OFFLOADED: True} if job.made_with.get(OFFLOADED) else {}
        database.again(lambda: jobs.keep_making(job, made_with))
        database.again(lambda: jobs.begin_signing(job))
        version = _keep(frames, job, generator.identity, given)
    saved_latents.forget(job.pk)
    return version


def _saved_frames(job: GenerationJob, generator: VideoGenerator, given: Sequence[Opened]) -> Frames:
    """The frames of the take, decoded from latents that are saved: made now, or by a worker that died.

    Raises Cancelled, jobs.Lost, GeneratorError, MemoryError.
    """
    plan = _plan(job, generator, given)
    request = _request(job, plan)
    weights, environment = generator.identity.weights_sha256, generator.environment
    key = saved_latents.key_of(job.pk, request, weights=weights, environment=environment)
    latents = saved_latents.find(key)
    if latents is None:
        database.again(lambda: jobs.begin(job, Phase.RUNNING))
        database.release()  # nobody holds a connection for minutes
        latents = _denoised(job, generator, request)
        saved_latents.keep(key, latents)
    database.again(lambda: jobs.begin(job, Phase.DECODING, step=job.steps))
    database.release()
    try:
        return _frames(generator, plan, request, latents, tiled=job.tiled)
    except MemoryError:
        if job.tiled:
            raise
        log.warning("Job %s ran out of memory while it was decoded, and is decoded in tiles.", job.pk)
    except GeneratorError:  # these latents are no clip: trying again begins anew
        saved_latents.forget(job.pk)
        raise
    database.again(lambda: jobs.decode_in_tiles(job))
    return _frames(generator, plan, request, latents, tiled=True)


def _denoised(job: GenerationJob, generator: VideoGenerator, request: VideoRequest) -> Latents:
    """All the steps; once more with less memory where it ran out. Raises as VideoGenerator.denoise does."""
    sparing = bool(job.made_with.get(OFFLOADED))
    try:
        return generator.denoise(request, on_step=Progress(job), sparing=sparing)
    except MemoryError:
        if sparing:
            raise
        log.warning("Job %s ran out of memory while it was made, and is made with less of it.", job.pk)
    loading.let_go(but=generator)
    database.again(lambda: jobs.spare_memory(job, made_with={OFFLOADED: True}, reason=SPARING))
    database.release()
    return generator.denoise(request, on_step=Progress(job), sparing=True)


def _frames(
    generator: VideoGenerator, plan: Plan, request: VideoRequest, latents: Latents, *, tiled: bool
) -> Frames:
    made = frames_check.check(generator.decode(latents, request, tiled=tiled), request)
    return composition.compose(plan, made)


def frames_of(
    job: GenerationJob, generator: VideoGenerator, given: Sequence[Opened], *, on_step: OnStep
) -> Frames:
    """The frames of the take as its job says, before they are encoded. Raises Cancelled, GeneratorError."""
    plan = _plan(job, generator, given)
    request = _request(job, plan)
    latents = generator.denoise(request, on_step=on_step, sparing=bool(job.made_with.get(OFFLOADED)))
    return _frames(generator, plan, request, latents, tiled=bool(job.made_with.get("tiled")))


def _plan(job: GenerationJob, generator: VideoGenerator, given: Sequence[Opened]) -> Plan:
    return composition.plan(
        sources.mode(job),
        {each.role: each.frames for each in given},
        can=generator.capabilities,
        frames=job.frames,
        settings=sources.settings(job),
    )


def _request(job: GenerationJob, plan: Plan) -> VideoRequest:
    return VideoRequest(
        prompt=job.prompt,
        negative_prompt=job.negative_prompt,
        seed=job.seed,
        frames=job.frames,
        width=job.width,
        height=job.height,
        frame_rate=rate(job),
        steps=job.steps,
        guidance=job.guidance,
        guides=plan.guides,
        loops=plan.loops,
    )


class Progress:
    """Hears of each step: obeys cancellation at every one, publishes it at most every PUBLISH_SECONDS."""

    def __init__(self, job: GenerationJob, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.job = job
        self.clock = clock
        self.published_at: float | None = None

    def __call__(self, *, done: int, total: int, preview: bytes | None) -> None:
        database.again(lambda: jobs.obey(self.job))
        now = self.clock()
        if done < total and self.published_at is not None and now - self.published_at < PUBLISH_SECONDS:
            return
        self.published_at = now
        # A scheduler may run fewer steps than were asked for; the page counts in those that were asked for.
        step = round(done * self.job.steps / max(1, total))
        database.again(lambda: jobs.step(self.job, step, preview=preview))


def _target(job: GenerationJob) -> Asset | None:
    """The asset that the take becomes the next version of, while that is possible. Raises NoTarget."""
    if job.asset_id is None:
        return None
    person = principals.member(job.requested_by, job.brand)
    return next_versions.target(job.asset_id, principal=person)


def _keep(frames: Frames, job: GenerationJob, identity: ModelIdentity, given: Sequence[Opened]) -> Version:
    """Encode, sign and take the clip in. Raises FileRefused, AlreadyKnown, NoTarget, jobs.Lost."""
    asset = _target(job)
    takes = GenerationJob.objects.filter(
        brand=job.brand, requested_by=job.requested_by, brief=job.brief
    ).count()
    title = asset.title if asset else briefs.title_of(job.typed_prompt, take=job.take, takes=takes)
    _count, height, width, _rgb = frames.shape
    chosen = marks.fresh(job.brand, width=width, height=height, made_from=[each.version for each in given])
    mark = chosen.mark if chosen else None
    suffix, content_type = (".png", "image/png") if is_still(job) else (".mp4", "video/mp4")
    with storage.scratch() as folder:
        encoded, master = folder / f"encoded{suffix}", folder / f"master{suffix}"
        encode(frames, job, path=encoded, mark=mark)
        database.again(lambda: jobs.begin(job, Phase.SIGNING))
        facts = _facts(job, identity, title, given, frames=len(frames))
        signing.sign_generated(
            encoded,
            out=master,
            facts=replace(facts, watermark=mark.identifier if mark else None),
            sources=[each.path for each in given],
        )
        info = runner.probe(master)
        return database.again(
            lambda: registration.accept(
                master,
                brand=job.brand,
                user=job.requested_by,
                filename=f"{filenames.of_title(title) or 'clip'}-{job.seed}{suffix}",
                title=title,
                origin=Origin.GENERATED,
                media_info=info,
                content_type=content_type,
                search_words=job.prompt,
                asset=asset,
                note=job.note,
                made_from=_made_from(job, given),
                made_by=model_register.weights(identity),
                on_accept=lambda version: _finish(job, version, chosen),
            )
        )


def is_still(job: GenerationJob) -> bool:
    return modes.is_still(sources.mode(job))


def encode(frames: Frames, job: GenerationJob, *, path: Path, mark: Mark | None) -> None:
    """Write the frames as the take's master, before it is signed: a movie, or of a still image a PNG."""
    if is_still(job):
        runner.encode_picture(frames[0], path=path, mark=mark)
    else:
        runner.encode_frames(frames, frame_rate=rate(job), path=path, mark=mark)


def _finish(job: GenerationJob, version: Version, chosen: Chosen | None) -> None:
    marks.keep(chosen, version, at=timezone.now())
    jobs.finish(job, version)


def _made_from(job: GenerationJob, given: Sequence[Opened]) -> dict[UUID, Relation]:
    """Version to what it is to the clip; one that stands in two slots once."""
    relation = modes.MODES[sources.mode(job)].relation
    return {each.version.pk: Relation(relation) for each in given}


def _facts(
    job: GenerationJob, identity: ModelIdentity, title: str, given: Sequence[Opened], *, frames: int
) -> claims.GeneratedFacts:
    mode = sources.mode(job)
    return claims.GeneratedFacts(
        title=title,
        prompt=job.prompt,
        prompt_disclosure=job.brand.prompt_disclosure,
        data_mining=job.brand.data_mining,
        negative_prompt=job.negative_prompt,
        typed_prompt=job.kit.get("typed", ""),
        seed=job.seed,
        model=claims.ModelFacts(
            name=identity.name,
            version=identity.version,
            weights_sha256=identity.weights_sha256,
            licence=identity.licence,
            pipeline=identity.pipeline_class,
        ),
        job_id=str(job.pk),
        at=timezone.now(),
        parameters=_parameters(job, mode, frames=frames),
        mode=mode.value,
        sources=tuple(
            claims.SourceFacts(
                role=each.role,
                title=each.version.asset.title,
                sha256=each.version.sha256,
                relation=claims.SourceRelation(modes.MODES[mode].relation),
                at=each.at,
            )
            for each in given
        ),
    )


def _parameters(job: GenerationJob, mode: Mode, *, frames: int) -> dict[str, int | float | str | list[float]]:
    """What else it takes to ask for the clip again; `frames` is what the whole of it has."""
    facts, settings = modes.MODES[mode], sources.settings(job)
    asked: dict[str, int | float | str | list[float]] = {
        "steps": job.steps,
        "guidance": job.guidance,
        "frames": frames,
        "frames_generated": job.frames,
        "width": job.width,
        "height": job.height,
    }
    if facts.has_strength:
        asked["strength"] = settings.strength
    if facts.has_region:
        asked["region"] = list(settings.region)
    return asked


def rate(job: GenerationJob) -> Fraction:
    return Fraction(job.rate_numerator, job.rate_denominator)


def _unless_lost(end: Callable[[], None]) -> None:
    """End the job, unless another worker has it by now: then its end is not ours to write."""
    try:
        database.again(end)
    except jobs.Lost:
        log.info("The job had another worker before this one could end it.")


@contextmanager
def heartbeat(beat: Callable[[], bool], *, of: str) -> Iterator[None]:
    """Give signs of life from a thread while `beat` is true: loading a model or a step may take minutes."""
    done = Event()

    def go_on() -> None:
        alive = True
        while alive and not done.wait(jobs.HEARTBEAT_SECONDS):
            try:
                alive = beat()
            except DatabaseError:
                log.warning("A sign of life of %s did not reach the database.", of, exc_info=True)
            finally:
                connection.close()

    thread = Thread(target=go_on, name=f"heartbeat of {of}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
