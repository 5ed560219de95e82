"""Making a clip once more, as the runner makes takes, and comparing it with the one that is kept."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dam.core import database, failures, sandbox, storage
from dam.core.language import gettext as _
from dam.ingest import disk_space, outages
from dam.media import budgets
from dam.media import runner as media
from dam.media.errors import MediaFailed
from dam.media.probe import MediaInfo
from generation import frame_comparison, jobs, model_register, reproductions, runner, sources
from generation.frame_comparison import Figures, Outcome
from generation.generators import loading
from generation.generators.base import Cancelled, Frames, GeneratorError, ModelIdentity, VideoGenerator
from generation.models import GenerationJob, Reproduction
from generation.prompt_parser import Understanding
from generation.sources import Opened, SourceGone
from provenance.watermarks import marks

log = logging.getLogger(__name__)

CHUNK_BYTES = 64 * 1024**2  # of decoded frames in memory at once, of each of the two clips


class Impossible(Exception):
    """The clip can't be made again here; the sentence says why. `now` is what is known of today's model."""

    def __init__(self, reason: str, now: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.now = now or {}


@dataclass(frozen=True)
class _Made:
    """The clip as it was made now."""

    frames: Frames
    now: dict[str, Any]


def run_next() -> None:
    """Make the one that has waited longest, if one waits. Raises what nobody foresaw, for the log."""
    mine = database.again(reproductions.claim_next)
    if mine is not None:
        run(mine)


def run(mine: Reproduction) -> None:
    """Make a claimed one: it ends with a verdict, fails with a reason, or goes back to waiting."""
    try:
        with runner.heartbeat(lambda: reproductions.beat(mine), of=f"reproduction {mine.pk}"):
            _reproduce(mine)
    except jobs.Lost:
        log.info("Reproduction %s is no longer this worker's.", mine.pk)
    except Cancelled:
        _unless_lost(lambda: reproductions.stop(mine))
    except MemoryError:
        _unless_lost(lambda: reproductions.fail(mine, reason=runner.OUT_OF_MEMORY))
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(lambda: reproductions.release(mine))
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(mine, problem)


def _take_problem(mine: Reproduction, problem: Exception) -> None:
    away = outages.describe(problem)
    if away is not None:
        log.warning("Reproduction %s is put back: %s (%r)", mine.pk, away, problem)
        counts = isinstance(problem, sandbox.Interrupted)
        _unless_lost(lambda: reproductions.put_back(mine, reason=away, counts=counts))
        return
    reason = failures.sentence(problem, of=f"Reproduction {mine.pk}", worded=runner.FORESEEN)
    _unless_lost(lambda: reproductions.fail(mine, reason=reason))
    if not isinstance(problem, runner.FORESEEN):
        raise problem


def _reproduce(mine: Reproduction) -> None:
    job = mine.job
    then = recorded(job)
    try:
        with ExitStack() as files:
            master = _master(mine, files)
            made = _make(mine, job, files)
            database.again(lambda: reproductions.obey(mine))
            figures, now = _compare(master, made, mine)
    except Impossible as impossible:
        reason, known = str(impossible), impossible.now
        _tell(mine, Outcome.IMPOSSIBLE, None, then=then, now=known, reason=reason)
        return
    outcome = frame_comparison.judge(
        sha256_then=then.get("frames_sha256", ""), sha256_now=now["frames_sha256"], figures=figures
    )
    _tell(mine, outcome, figures, then=then, now=now)


def _tell(
    mine: Reproduction,
    outcome: Outcome,
    figures: Figures | None,
    *,
    then: dict[str, Any],
    now: dict[str, Any],
    reason: str = "",
) -> None:
    database.again(
        lambda: reproductions.finish(mine, outcome, figures=figures, then=then, now=now, reason=reason)
    )


def recorded(job: GenerationJob) -> dict[str, Any]:
    """What is known of how a take was made: its model, how the prompt was read, and, of newer takes, more."""
    names = ("name", "version", "weights_sha256", "pipeline_class")
    return {
        "model": {name: job.model.get(name, "") for name in names},
        "read_as": job.understood.get("canonical", ""),
        "environment": job.made_with.get("environment", {}),
        "frames_sha256": job.made_with.get("frames_sha256", ""),
    }


def _described(
    identity: ModelIdentity, understanding: Understanding | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "model": {
            "name": identity.name,
            "version": identity.version,
            "weights_sha256": identity.weights_sha256,
            "pipeline_class": identity.pipeline_class,
        },
        "read_as": understanding.canonical if understanding else "",
        **more,
    }


def _master(mine: Reproduction, files: ExitStack) -> Path:
    """The stored master while `files` are open, if it is still what was recorded. Raises Impossible."""
    version = mine.version
    try:
        path = files.enter_context(storage.local_copy(version.storage_key))
    except FileNotFoundError as missing:
        raise Impossible(_("The clip's master is missing from storage.")) from missing
    if storage.sha256_of(path) != version.sha256:
        raise Impossible(_("The stored master is no longer the file that was recorded: its hash differs."))
    return path


def _make(mine: Reproduction, job: GenerationJob, files: ExitStack) -> _Made:
    """The frames as the take was recorded. Raises Impossible, Cancelled, MemoryError."""
    installed = _model(job)
    disk_space.require_work(0)
    given = _sources(mine, job, files)
    try:
        generator = loading.load(installed.folder)
    except GeneratorError as broken:
        raise Impossible(str(broken), _described(installed.identity)) from broken
    weights = job.model["weights_sha256"]
    if generator.identity.weights_sha256 != weights:
        raise Impossible(_other_weights(), _described(generator.identity))
    understanding = generator.understand(job.prompt)
    database.release()  # nobody holds a connection for minutes
    try:
        frames = runner.frames_of(job, generator, given, on_step=_Steps(mine))
    except GeneratorError as refused:  # it can't do that any more, say
        raise Impossible(str(refused), _now(generator, understanding)) from refused
    return _Made(frames, _now(generator, understanding))


def _now(generator: VideoGenerator, understanding: Understanding) -> dict[str, Any]:
    return _described(generator.identity, understanding, environment=dict(generator.environment))


def _model(job: GenerationJob) -> model_register.InstalledGenerator:
    """The installed model with the weights that made the take. Raises Impossible."""
    weights = job.model.get("weights_sha256", "")
    if not weights:
        raise Impossible(_("It wasn't recorded which model weights made this clip."))
    try:
        in_use = model_register.generator()
    except GeneratorError as none:
        found = model_register.with_weights(weights)
        if found is None:
            raise Impossible(str(none)) from none
        return found
    # A folder without a card of ours says nothing of its weights before it is loaded.
    if in_use.identity.weights_sha256 in ("", weights):
        return in_use
    found = model_register.with_weights(weights)
    if found is None:
        raise Impossible(_other_weights(), _described(in_use.identity))
    return found


def _other_weights() -> str:
    return _("The model in use has other weights than the one that made this clip.")


def _sources(mine: Reproduction, job: GenerationJob, files: ExitStack) -> tuple[Opened, ...]:
    """What the take began with, if it is all there and unchanged to the byte. Raises Impossible."""
    try:
        given = files.enter_context(sources.opened(job, by=mine.asked_by))
    except SourceGone as gone:
        raise Impossible(
            _(
                "“%(title)s”, which this clip was made from, has changed, is no longer in the library, "
                "or can't be seen by the person who asked."
            )
            % {"title": gone.title}
        ) from gone
    except FileNotFoundError as missing:
        raise Impossible(_("A file that this clip was made from is missing from storage.")) from missing
    for each in given:
        if storage.sha256_of(each.path) != each.version.sha256:
            raise Impossible(
                _("The file of “%(title)s”, which this clip was made from, has changed.")
                % {"title": each.version.asset.title}
            )
    return given


def _compare(master: Path, made: _Made, mine: Reproduction) -> tuple[Figures, dict[str, Any]]:
    """Compare the pictures of the master with those of the new frames, encoded as it was, before signing.

    They get the master's own watermark, where it has one.
    """
    job = mine.job
    now = {**made.now, "frames_sha256": frame_comparison.digest(made.frames)}
    size, rate = (job.width, job.height), runner.rate(job)
    with storage.scratch() as folder:
        encoded = folder / "again"
        runner.encode(made.frames, job, path=encoded, mark=marks.of_master(mine.version))
        database.again(lambda: reproductions.obey(mine))
        if runner.is_still(job):
            return frame_comparison.compare(_picture(master), _picture(encoded)), now
        info = media.probe(encoded)
        recorded_info = MediaInfo.from_json(mine.version.media_info)
        figures = frame_comparison.compare(
            _pictures(master, info=recorded_info, size=size, rate=rate),
            _pictures(encoded, info=info, size=size, rate=rate),
        )
    return figures, now


def _picture(path: Path) -> list[NDArray[np.uint8]]:
    return [media.still(path, max_side=budgets.MAX_SIDE)]


def _pictures(
    path: Path, *, info: MediaInfo, size: tuple[int, int], rate: Fraction
) -> Iterator[NDArray[np.uint8]]:
    """A movie's frames [H, W, 3] one by one, with at most CHUNK_BYTES of them in memory."""
    at_once = max(1, CHUNK_BYTES // (size[0] * size[1] * 3))
    first = 0
    while first < info.frame_count:
        count = min(at_once, info.frame_count - first)
        try:
            frames = media.decode_frames(
                path, info=info, size=size, frame_rate=rate, first=first, count=count
            )
        except MediaFailed:
            if first == 0:
                raise
            return  # it ends earlier than its index says
        yield from frames
        first += len(frames)


class _Steps:
    """Hears of each step: obeys cancellation at every one, publishes it at most every PUBLISH_SECONDS."""

    def __init__(self, mine: Reproduction) -> None:
        self.mine = mine
        self.published_at: float | None = None

    def __call__(self, *, done: int, total: int, preview: bytes | None) -> None:
        database.again(lambda: reproductions.obey(self.mine))
        now = time.monotonic()
        soon = self.published_at is not None and now - self.published_at < runner.PUBLISH_SECONDS
        if done < total and soon:
            return
        self.published_at = now
        step = round(done * self.mine.job.steps / max(1, total))
        database.again(lambda: reproductions.step(self.mine, step))


def _unless_lost(end: Callable[[], object]) -> None:
    try:
        database.again(end)
    except jobs.Lost:
        log.info("The reproduction had another worker before this one could end it.")
