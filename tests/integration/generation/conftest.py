"""Jobs for the tests of generation.

pytest reads this file before Django is set up, so the imports stand inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from dam.accounts.models import Brand
    from dam.accounts.principals import Member
    from generation.models import GenerationJob
    from tests.integration.generation.models import FakeGenerator


@pytest.fixture
def brand(db: None) -> Brand:
    from tests.factories import BrandFactory

    brand: Brand = BrandFactory.create()
    return brand


@pytest.fixture
def creator(brand: Brand) -> Member:
    from tests.factories import member

    return member(brand)


@pytest.fixture
def job(brand: Brand, creator: Member) -> GenerationJob:
    """A job that waits for a worker."""
    from generation import jobs
    from tests.integration.generation.briefs import BRIEF

    return jobs.request(by=creator, brief=BRIEF)[0]


@pytest.fixture
def claimed(job: GenerationJob) -> GenerationJob:
    """The job, taken by a worker a moment ago."""
    from generation import jobs

    mine = jobs.claim(job.pk)
    assert mine is not None
    return mine


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the jobs that are sent to the workers from now on."""
    from generation import jobs

    ids: list[str] = []

    def enqueue(task_name: str, *, job_id: str, unsent: object) -> None:
        assert task_name == "gpu.generate"
        ids.append(job_id)

    monkeypatch.setattr(jobs, "enqueue", enqueue)
    return ids


@pytest.fixture
def stored_here(tmp_path: Path, settings: Any) -> None:
    """Files lie in a folder of the test's own."""
    settings.STORAGE = str(tmp_path / "storage")
    settings.SCRATCH_DIR = tmp_path / "scratch"


@pytest.fixture
def model_here(stored_here: None, tmp_path: Path, settings: Any) -> None:
    """And a model's folder, without weights, is the installation's."""
    from tests.integration.generation.models import write_card

    settings.GENERATOR_MODEL = str(write_card(tmp_path / "models" / "model"))


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> FakeGenerator:
    """What every folder is loaded as."""
    from generation.generators import loading
    from tests.integration.generation.models import FakeGenerator

    made = FakeGenerator()
    monkeypatch.setattr(loading, "load", lambda folder: made)
    return made
