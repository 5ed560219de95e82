"""Making a take with a generator of our own Protocol, real encoding, real signing and a real library."""

import errno
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from celery.exceptions import Reject
from django.conf import settings as project
from django.db import OperationalError
from django.utils import timezone
from numpy.typing import NDArray

from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset, Version
from dam.core import sandbox, storage
from dam.ingest import outages
from dam.media import runner as media_runner
from dam.media.errors import FileRefused
from generation import jobs, runner
from generation.generators.base import GeneratorError
from generation.models import GenerationJob
from generation.states import JobState
from provenance.manifests import signing, verify
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.signing_command import KeyServiceAway
from tests.factories import principal
from tests.integration.generation.briefs import BRIEF, reload
from tests.integration.generation.models import FakeGenerator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored_here")]

Load = Callable[[Callable[[int], None]], FakeGenerator]


def stored_files() -> list[Path]:
    root = Path(project.STORAGE)
    return [path for path in root.rglob("*") if path.is_file() and "staging" not in path.parts]


def nothing_is_kept() -> bool:
    scratch = Path(project.SCRATCH_DIR)
    left_over = list(scratch.iterdir()) if scratch.exists() else []
    return not Asset.objects.exists() and not stored_files() and not left_over


def test_a_take_becomes_a_signed_asset(job: GenerationJob, generator: FakeGenerator) -> None:
    version = runner.make(job.pk)
    assert version is not None
    done = reload(job)
    assert (done.state, done.version, done.step) == (JobState.DONE, version, job.steps)
    assert version.asset.title == "A red ball bouncing on a table"
    assert version.asset.origin == "generated"
    assert version.asset.created_by == job.requested_by
    assert (version.width, version.height, version.frame_count) == (128, 80, 17)
    report = verify.check(Path(project.STORAGE, version.storage_key))
    assert report.state == "trusted"


def test_what_was_asked_is_what_is_generated(job: GenerationJob, generator: FakeGenerator) -> None:
    runner.make(job.pk)
    (request,) = generator.requests
    assert (request.prompt, request.seed, request.frames) == (job.prompt, job.seed, job.frames)
    assert request.frame_rate == Fraction(16)
    assert (request.steps, request.guidance) == (job.steps, job.guidance)


def test_model_and_understanding_are_kept(job: GenerationJob, generator: FakeGenerator) -> None:
    runner.make(job.pk)
    done = reload(job)
    assert done.model["weights_sha256"] == "ab" * 32
    assert done.understood["unknown"] == ["table"]


def test_the_trail_names_who_asked(job: GenerationJob, creator: Member, generator: FakeGenerator) -> None:
    runner.make(job.pk)
    assert Event.objects.get(verb="asset.generated").actor == creator.user


def test_the_same_seed_gives_the_same_frames(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encoded: list[bytes] = []
    encode = media_runner.encode_frames

    def keep(frames: Any, *, path: Path, **how: Any) -> None:
        encode(frames, path=path, **how)
        encoded.append(path.read_bytes())

    monkeypatch.setattr(media_runner, "encode_frames", keep)
    runner.make(job.pk)
    again = jobs.request(by=principal(job.requested_by, job.brand), brief=BRIEF)[0]
    runner.make(again.pk)
    assert encoded[0] == encoded[1]
    assert reload(again).state == JobState.DONE


def test_a_task_delivered_twice_makes_one_asset(job: GenerationJob, generator: FakeGenerator) -> None:
    assert runner.make(job.pk) is not None
    assert runner.make(job.pk) is None
    assert Version.objects.count() == 1


def test_a_cancelled_take_stops_at_the_next_step(
    job: GenerationJob, creator: Member, generator: FakeGenerator
) -> None:
    seen: list[int] = []

    def interfere(done: int) -> None:
        seen.append(done)
        if done == 2:
            jobs.cancel(job, by=creator)

    generator.at_step = interfere
    assert runner.make(job.pk) is None
    assert seen == [1, 2]
    assert reload(job).state == JobState.CANCELLED
    assert nothing_is_kept()


def test_a_take_that_another_worker_took_over_is_dropped(
    job: GenerationJob, generator: FakeGenerator
) -> None:
    def interfere(done: int) -> None:
        GenerationJob.objects.filter(pk=job.pk).update(state=JobState.REQUESTED)
        jobs.claim(job.pk)

    generator.at_step = interfere
    assert runner.make(job.pk) is None
    assert reload(job).state == JobState.GENERATING
    assert nothing_is_kept()


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (GeneratorError("No room on the GPU."), "No room on the GPU."),
        (MemoryError(), runner.OUT_OF_MEMORY),
    ],
)
def test_a_generator_that_fails_leaves_its_reason(
    job: GenerationJob, generator: FakeGenerator, problem: Exception, reason: str
) -> None:
    def interfere(done: int) -> None:
        raise problem

    generator.at_step = interfere
    assert runner.make(job.pk) is None
    assert (reload(job).state, reload(job).reason) == (JobState.FAILED, reason)
    assert nothing_is_kept()


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (np.full((17, 80, 128, 3), np.nan, np.float32), "invalid frames"),
        (np.zeros((17, 80, 128, 3), np.uint8), "plain colour"),
        (np.zeros((16, 80, 128, 3), np.uint8), "16 frames of 128×80 pixels instead of 17"),
    ],
)
def test_what_is_no_clip_is_never_signed(
    job: GenerationJob,
    generator: FakeGenerator,
    monkeypatch: pytest.MonkeyPatch,
    frames: NDArray[Any],
    words: str,
) -> None:
    monkeypatch.setattr(generator, "decode", lambda latents, request, *, tiled: frames)
    assert runner.make(job.pk) is None
    failed = reload(job)
    assert failed.state == JobState.FAILED
    assert words in failed.reason
    assert nothing_is_kept()


def test_a_model_that_cannot_run_here_fails_the_job_with_its_reason(
    job: GenerationJob, settings: Any, tmp_path: Path
) -> None:
    settings.GENERATOR_MODEL = str(tmp_path / "nowhere")
    assert runner.make(job.pk) is None
    assert (reload(job).state, "not a model folder" in reload(job).reason) == (JobState.FAILED, True)


def test_what_nobody_foresaw_fails_the_job_and_reaches_the_log(
    job: GenerationJob, generator: FakeGenerator
) -> None:
    def interfere(done: int) -> None:
        raise ZeroDivisionError

    generator.at_step = interfere
    with pytest.raises(ZeroDivisionError):
        runner.make(job.pk)
    assert reload(job).state == JobState.FAILED
    assert reload(job).reason.startswith("Something went wrong on the server.")


@pytest.mark.parametrize(
    "full", [OSError(errno.ENOSPC, "full"), OSError(errno.EDQUOT, "full"), FileRefused("disk_full")]
)
def test_a_full_disk_puts_the_take_back_until_recovery_sends_it_again(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch, full: Exception
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise full

    monkeypatch.setattr(media_runner, "encode_frames", fail)
    runner.make(job.pk)
    waiting = reload(job)
    assert (waiting.state, waiting.attempts) == (JobState.REQUESTED, 0)
    assert waiting.reason.startswith("The server is out of disk space.")
    assert nothing_is_kept()
    assert jobs.recover() == 0
    assert jobs.recover(at=timezone.now() + timedelta(minutes=2)) == 1


def test_a_take_that_ends_its_program_each_time_is_given_up(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise sandbox.Interrupted("signal 9")

    monkeypatch.setattr(media_runner, "encode_frames", fail)
    for _ in range(jobs.MOST_ATTEMPTS):
        runner.make(job.pk)
    assert reload(job).state == JobState.FAILED


def test_what_a_library_printed_is_not_the_reason(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise SigningFailed("Io(/srv/data/keys/signer.pem: PermissionError)")

    monkeypatch.setattr(signing, "sign_generated", fail)
    runner.make(job.pk)
    assert "/srv" not in reload(job).reason


@pytest.mark.parametrize(
    "problem",
    [
        OperationalError("the server closed the connection"),
        sandbox.Interrupted("ffmpeg"),
        storage.Unavailable("no answer"),
        OSError(errno.ENOSPC, "no space left"),
        FileRefused("disk_full"),
    ],
)
def test_what_was_away_puts_the_take_back(
    job: GenerationJob,
    generator: FakeGenerator,
    monkeypatch: pytest.MonkeyPatch,
    problem: Exception,
) -> None:
    def interrupt(*args: object, **kwargs: object) -> None:
        raise problem

    monkeypatch.setattr(media_runner, "encode_frames", interrupt)
    assert runner.make(job.pk) is None
    waiting = reload(job)
    assert (waiting.state, waiting.interruptions) == (JobState.REQUESTED, 1)
    # What ends our programs again and again may be the job itself: that counts as a try.
    assert waiting.attempts == isinstance(problem, sandbox.Interrupted)
    assert waiting.reason.startswith(str(outages.describe(problem)))
    assert nothing_is_kept()


def test_a_key_service_that_is_away_is_no_try_of_the_take(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise KeyServiceAway("no route")

    monkeypatch.setattr(signing, "sign_generated", refuse)
    for times in range(1, jobs.MOST_ATTEMPTS + 2):
        assert runner.make(job.pk) is None
        waiting = reload(job)
        assert (waiting.state, waiting.interruptions, waiting.attempts) == (JobState.REQUESTED, times, 0)
    assert waiting.reason.startswith("The key service that signs files was unavailable.")
    assert nothing_is_kept()


def test_a_database_that_stays_away_leaves_the_take_to_the_next_delivery(
    job: GenerationJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**kwargs: object) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr(jobs, "claim_next", refuse)
    with pytest.raises(Reject):
        runner.make_next()
    assert reload(job).state == JobState.REQUESTED


def test_a_clip_that_cannot_be_signed_is_not_kept(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise SigningFailed("The signer did not answer.")

    monkeypatch.setattr(signing, "sign_generated", fail)
    runner.make(job.pk)
    assert reload(job).reason == "The signer did not answer."
    assert nothing_is_kept()


def test_a_job_lost_at_the_last_moment_leaves_no_asset(
    job: GenerationJob, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = signing.sign_generated

    def lose(*args: Any, **kwargs: Any) -> object:
        GenerationJob.objects.filter(pk=job.pk).update(state=JobState.REQUESTED)
        return sign(*args, **kwargs)

    monkeypatch.setattr(signing, "sign_generated", lose)
    assert runner.make(job.pk) is None
    assert reload(job).state == JobState.REQUESTED
    assert nothing_is_kept()


def test_a_worker_told_to_stop_gives_its_job_back(job: GenerationJob, generator: FakeGenerator) -> None:
    def interfere(done: int) -> None:
        raise SystemExit

    generator.at_step = interfere
    with pytest.raises(SystemExit):
        runner.make(job.pk)
    assert (reload(job).state, reload(job).attempts) == (JobState.REQUESTED, 0)


def test_progress_is_told_four_times_a_second_at_most(claimed: GenerationJob) -> None:
    now = 0.0
    progress = runner.Progress(claimed, clock=lambda: now)
    steps = []
    for done in range(1, 9):
        now = done * 0.1
        progress(done=done, total=8, preview=None)
        steps.append(reload(claimed).step)
    assert steps == [1, 1, 1, 4, 4, 4, 7, 8]
