"""`manage.py generate`, with a worker that answers at once."""

import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.core.storage import sha256_of
from generation import jobs, runner
from generation.generators import loading
from generation.generators.base import GeneratorError
from generation.models import GenerationJob
from generation.states import JobState
from tests.factories import BrandFactory
from tests.integration.generation.models import FakeGenerator, write_card

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def worker(creator: Member, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> FakeGenerator:
    """Whatever is sent is made before `enqueue` returns."""
    settings.STORAGE = str(tmp_path / "storage")
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))
    made = FakeGenerator()
    monkeypatch.setattr(loading, "load", lambda folder: made)
    monkeypatch.setattr(jobs, "enqueue", lambda name, *, job_id, unsent: runner.make(UUID(job_id)))
    return made


def generate(*arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit status, and the JSON on standard output."""
    out = StringIO()
    try:
        call_command("generate", *arguments, "--json", stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(str(end.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_it_makes_a_clip_and_writes_the_signed_master(brand: Brand, tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    status, payload = generate("A red ball", "--seed", "7", "--seconds", "2", "--out", str(out))
    job = GenerationJob.objects.get()
    assert status == 0
    assert (payload["state"], payload["seed"], payload["frames"], payload["out"]) == ("done", 7, 33, str(out))
    assert job.version is not None
    assert payload["asset"] == str(job.version.asset_id)
    assert sha256_of(out) == payload["sha256"] == job.version.sha256


def test_it_says_what_the_model_made_of_the_prompt() -> None:
    assert generate("A red ball on a table")[1]["understood"]["unknown"] == ["table"]
    stderr = StringIO()
    call_command("generate", "A red ball on a table", stdout=StringIO(), stderr=stderr)
    assert stderr.getvalue().splitlines() == ["Understood as a red ball bouncing.", "Ignored “table”."]


def test_a_failed_job_ends_with_1_and_its_reason(worker: FakeGenerator) -> None:
    def interfere(done: int) -> None:
        raise GeneratorError("No room on the GPU.")

    worker.at_step = interfere
    status, payload = generate("A red ball")
    assert (status, payload["state"], payload["reason"]) == (1, "failed", "No room on the GPU.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([""], "Describe what the clip should show"),
        (["A red ball", "--seconds", "60"], "clips of 1.1 to 2.1 seconds"),
        (["A red ball", "--brand", "nobody"], "no brand 'nobody'"),
        (["A red ball", "--as", "stranger@example.com"], "isn't a member"),
        (["A red ball", "--out", "/nowhere/clip.mp4"], "no folder"),
    ],
)
def test_what_cannot_be_met_is_refused_before_anything_is_asked(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        generate(*arguments)
    assert not GenerationJob.objects.exists()


def test_with_two_brands_it_asks_which() -> None:
    BrandFactory.create()
    with pytest.raises(CommandError, match="--brand SLUG"):
        generate("A red ball")


def test_an_interrupted_command_cancels_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda name, *, job_id, unsent: None)

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    with pytest.raises(SystemExit) as end:
        call_command("generate", "A red ball", stderr=StringIO())
    assert end.value.code == 130
    assert GenerationJob.objects.get().state == JobState.CANCELLED


def test_without_a_worker_it_gives_up_and_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda name, *, job_id, unsent: None)
    with pytest.raises(CommandError, match="Is a worker for the gpu queue running"):
        call_command("generate", "A red ball", "--timeout", "0", stderr=StringIO())
    assert GenerationJob.objects.get().state == JobState.CANCELLED
