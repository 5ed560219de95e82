"""A real worker and the bundled model: from a prompt to a signed asset in the library."""

import os
import signal
from collections.abc import Callable

import pytest

from dam.celery import app
from dam.core import storage
from generation import briefs, jobs, model_register
from generation.generators.base import Capabilities
from generation.models import GenerationJob
from generation.states import JobState
from provenance.manifests import verify
from tests.factories import BrandFactory, member, principal

pytestmark = pytest.mark.usefixtures("live_worker")

Wait = Callable[..., None]


@pytest.fixture
def capabilities() -> Capabilities:
    return model_register.generator().capabilities


def request_job(capabilities: Capabilities, *, steps: int) -> GenerationJob:
    brand = BrandFactory.create()
    brief = briefs.check(
        capabilities,
        prompt="A red ball bouncing on a table",
        seed=7,
        seconds=briefs.lengths(capabilities)[0] / capabilities.frame_rate,
        steps=steps,
    )
    return jobs.request(by=member(brand), brief=brief)[0]


def reload(job: GenerationJob) -> GenerationJob:
    return GenerationJob.objects.get(pk=job.pk)


def test_a_prompt_becomes_a_signed_asset(capabilities: Capabilities, wait_until: Wait) -> None:
    job = request_job(capabilities, steps=2)
    wait_until(lambda: reload(job).state in (JobState.DONE, JobState.FAILED), seconds=180)
    done = reload(job)
    assert (done.state, done.reason) == (JobState.DONE, "")
    assert done.version is not None
    assert done.version.frame_count == job.frames
    assert done.model["weights_sha256"]
    with storage.local_copy(done.version.storage_key) as master:
        assert verify.check(master).state == "trusted"


def test_a_running_job_is_cancelled(capabilities: Capabilities, wait_until: Wait) -> None:
    job = request_job(capabilities, steps=capabilities.max_steps)
    wait_until(lambda: reload(job).step >= 1, seconds=180)
    jobs.cancel(job, by=principal(job.requested_by, job.brand))
    wait_until(lambda: reload(job).state == JobState.CANCELLED)
    assert reload(job).version is None


def test_a_job_whose_worker_is_killed_is_made_by_the_next(
    capabilities: Capabilities, wait_until: Wait
) -> None:
    job = request_job(capabilities, steps=capabilities.max_steps)
    wait_until(lambda: reload(job).step >= 1, seconds=180)
    first = reload(job)
    os.kill(running_process(), signal.SIGKILL)
    assert first.progressed_at is not None
    jobs.recover(at=first.progressed_at + 2 * jobs.LOST_AFTER)
    wait_until(lambda: reload(job).attempts == 2)
    wait_until(lambda: reload(job).state in (JobState.DONE, JobState.FAILED), seconds=180)
    assert reload(job).state == JobState.DONE
    assert reload(job).seed == first.seed


def running_process() -> int:
    """The child of the worker that has the job."""
    (tasks,) = (app.control.inspect().active() or {}).values()
    (pid,) = {task["worker_pid"] for task in tasks if task["name"] == "gpu.generate"}
    return int(pid)
