"""Takes that go on from their latents: after a worker died, and after memory ran out."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as project
from django.utils import timezone

from dam.accounts.principals import Member
from dam.catalog.models import Asset, Version
from dam.core import storage
from dam.media import runner as media_runner
from generation import jobs, runner, saved_latents
from generation.generators import loading
from generation.models import GenerationJob
from generation.states import JobState, Phase
from provenance.manifests import signing
from tests.integration.generation.briefs import reload
from tests.integration.generation.models import FakeGenerator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored_here")]


def saved() -> list[str]:
    return [entry.key for entry in storage.entries(saved_latents.FOLDER)]


def recover() -> None:
    jobs.recover(at=timezone.now() + 2 * jobs.LOST_AFTER)


def in_another_process(work: Callable[[], object]) -> int:
    """Do it in a process like a worker's, and wait; the signal that ended it, or 0."""
    child = os.fork()
    if child == 0:  # pragma: no cover, for it is killed
        from django.db import connections

        for each in connections.all():
            each.connection = None  # not ours to close
            each.ensure_connection()
        try:
            work()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phase", Phase)
def test_a_take_whose_worker_is_killed_in_any_phase_ends_once_with_one_asset(
    phase: Phase, job: GenerationJob, generator: FakeGenerator
) -> None:
    def worker() -> None:
        def killed(*_: object, **__: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        points = {
            Phase.LOADING: (loading, "load"),
            Phase.RUNNING: (jobs, "step"),
            Phase.DECODING: (generator, "decode"),
            Phase.ENCODING: (media_runner, "encode_frames"),
            Phase.SIGNING: (signing, "sign_generated"),
        }
        where, name = points[phase]
        setattr(where, name, killed)
        runner.make(job.pk)

    assert in_another_process(worker) == signal.SIGKILL
    left = reload(job)
    assert left.phase == phase
    assert left.state in (JobState.GENERATING, JobState.SIGNING)
    assert bool(saved()) is (phase not in (Phase.LOADING, Phase.RUNNING))
    recover()
    assert (reload(job).state, reload(job).phase) == (JobState.REQUESTED, "")
    assert runner.make_next() is not None
    done = reload(job)
    assert (done.state, done.attempts, done.reason) == (JobState.DONE, 2, "")
    # Steps are made again only where there were no latents.
    assert len(generator.requests) == (1 if phase in (Phase.LOADING, Phase.RUNNING) else 0)
    assert Asset.objects.count() == Version.objects.count() == 1
    assert saved() == []
    assert done.tiled is (phase is Phase.DECODING)  # its worker may have died of memory


def test_phases_follow_one_another(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    publish = jobs._publish_change

    def heard(row: GenerationJob) -> None:
        publish(row)
        seen.append(reload(row).phase)

    monkeypatch.setattr(jobs, "_publish_change", heard)
    runner.make(job.pk)
    assert list(dict.fromkeys(seen)) == [*Phase, ""]


def test_memory_that_runs_out_in_decoding_leads_to_tiles(
    job: GenerationJob, generator: FakeGenerator
) -> None:
    tried: list[bool] = []

    def narrow(tiled: bool) -> None:
        tried.append(tiled)
        if not tiled:
            raise MemoryError

    generator.at_decoding = narrow
    assert runner.make(job.pk) is not None
    assert tried == [False, True]
    assert len(generator.requests) == 1
    assert reload(job).made_with["tiled"] is True


def test_memory_that_runs_out_while_steps_are_made_leads_to_less_of_it_and_says_so(
    job: GenerationJob, generator: FakeGenerator
) -> None:
    said: list[str] = []

    def wide(done: int) -> None:
        if not generator.spared[-1]:
            if done == 2:
                raise MemoryError
        else:
            said.append(reload(job).reason)

    generator.at_step = wide
    assert runner.make(job.pk) is not None
    assert generator.spared == [False, True]
    assert said == [runner.SPARING] * 4
    done = reload(job)
    assert (done.made_with["offloaded"], done.made_with["tiled"], done.reason) == (True, True, "")


def test_memory_that_runs_out_again_fails_the_take_after_one_more_try(
    job: GenerationJob, creator: Member, generator: FakeGenerator
) -> None:
    def full(done: int) -> None:
        raise MemoryError

    generator.at_step = full
    assert runner.make(job.pk) is None
    failed = reload(job)
    assert (generator.spared, failed.reason) == ([False, True], runner.OUT_OF_MEMORY)
    jobs.retry(failed, by=creator)
    generator.at_step = lambda done: None
    assert runner.make(job.pk) is not None
    assert generator.spared == [False, True, True]  # what was too much once isn't tried again


def test_a_take_made_with_less_memory_is_reproduced_with_less(
    job: GenerationJob, generator: FakeGenerator
) -> None:
    job.made_with = {"offloaded": True}
    runner.frames_of(job, generator, [], on_step=lambda *, done, total, preview: None)
    assert generator.spared == [True]


def test_what_memory_failed_is_tried_again_from_its_latents(
    job: GenerationJob, creator: Member, generator: FakeGenerator
) -> None:
    def full(tiled: bool) -> None:
        raise MemoryError

    generator.at_decoding = full
    assert runner.make(job.pk) is None
    failed = reload(job)
    assert (failed.state, failed.reason, failed.phase) == (JobState.FAILED, runner.OUT_OF_MEMORY, "")
    jobs.retry(failed, by=creator)
    generator.at_decoding = lambda tiled: None
    assert runner.make(job.pk) is not None
    assert len(generator.requests) == 1


def test_latents_that_are_no_clip_are_not_kept(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = np.zeros((17, 80, 128, 3), np.uint8)
    monkeypatch.setattr(generator, "decode", lambda latents, request, *, tiled: plain)
    runner.make(job.pk)
    assert reload(job).state == JobState.FAILED
    assert saved() == []


def test_a_take_cancelled_while_it_is_decoded_leaves_nothing(
    job: GenerationJob, creator: Member, generator: FakeGenerator
) -> None:
    generator.at_decoding = lambda tiled: jobs.cancel(job, by=creator)
    assert runner.make(job.pk) is None
    assert reload(job).state == JobState.CANCELLED
    assert saved() == []


@pytest.mark.parametrize("how", ["cut", "another model"])
def test_latents_that_are_broken_or_of_another_model_are_made_anew(
    how: str, job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(generator, "decode", killed)
        with pytest.raises(SystemExit):
            runner.make(job.pk)
    (key,) = saved()
    if how == "cut":
        Path(project.STORAGE, key).write_bytes(b"x" * 40)
    else:
        monkeypatch.setattr(generator, "environment", {"torch": "another"})
    assert runner.make(job.pk) is not None
    assert len(generator.requests) == 2


def test_a_store_that_keeps_no_latents_costs_no_take(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "keep", full)
    saved_latents.keep("staging/latents/x/y", b"latents")
    assert saved() == []


def test_the_sweep_leaves_what_may_still_be_needed(job: GenerationJob, claimed: GenerationJob) -> None:
    at = timezone.now()
    mine = f"{saved_latents.FOLDER}/{claimed.pk}/a"
    gone = f"{saved_latents.FOLDER}/{claimed.pk.__class__(int=1)}/a"
    for key in (mine, gone, f"{saved_latents.FOLDER}/none/a"):
        saved_latents.keep(key, b"latents")
    assert saved_latents.sweep(at=at) == 2
    assert saved() == [mine]
    jobs.fail(claimed, reason="It went wrong.")
    assert saved_latents.sweep(at=at) == 0
    assert saved_latents.sweep(at=at + timedelta(days=2)) == 1
