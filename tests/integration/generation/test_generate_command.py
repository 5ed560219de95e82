"""`manage.py generate`, with a worker that answers at once."""

import json
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Version
from dam.core.storage import sha256_of
from generation import jobs, runner
from generation.generators import loading
from generation.generators.base import GeneratorError
from generation.models import GenerationJob
from generation.states import JobState
from tests.factories import BrandFactory
from tests.integration.generation.models import FakeGenerator, write_card
from tests.integration.generation.test_sources import taken
from tests.media_factory import movie

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


@pytest.fixture
def film(creator: Member, tmp_path: Path, worker: FakeGenerator) -> Version:
    return taken(movie(tmp_path / "film.mp4", frames=48, rate=Fraction(16)), by=creator)


def test_it_begins_with_a_clip_of_the_library(film: Version, worker: FakeGenerator) -> None:
    status, payload = generate("A red ball", "--mode", "extend", "--source", str(film.asset_id))
    assert (status, payload["state"]) == (0, "done")
    assert len(worker.requests[0].guides) == 1


def test_slots_are_named_or_filled_in_order(film: Version, worker: FakeGenerator) -> None:
    one = str(film.asset_id)
    for sources in (("--source", f"last={one}@1.5", "--source", f"first={one}"), ("--source", one) * 2):
        assert generate("A red ball", "--mode", "frames", *sources)[0] == 0
    at = [[each.get("at", 0) for each in job.guides["sources"]] for job in GenerationJob.objects.all()]
    assert sorted(at) == [[0, 0], [1.5, 0]]


def test_a_region_and_a_strength_are_given_in_percent(film: Version) -> None:
    source = ("--source", str(film.asset_id), "--seconds", "1.1")
    assert generate("A red ball", "--mode", "edit", "--region", "10,20,30,40", *source)[0] == 0
    assert generate("A red ball", "--mode", "restyle", "--strength", "80", *source)[0] == 0
    kept = [job.guides for job in GenerationJob.objects.order_by("created_at")]
    assert kept[0]["region"] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert kept[1]["strength"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mode", "extend"), "Choose a clip or image"),
        (("--mode", "extend", "--source", "nonsense"), "is not"),
        (("--mode", "extend", "--source", "00000000-0000-4000-8000-000000000001"), "There is no clip"),
        (("--mode", "extend", "--source", "last={film}"), "takes"),
        (("--source", "{film}"), "takes none"),
        (("--mode", "edit", "--source", "{film}", "--region", "1,2,3"), "four percentages"),
        (("--mode", "edit", "--source", "{film}", "--region", "90,0,20,100"), "within the image"),
        (("--mode", "restyle", "--source", "{film}", "--strength", "0"), "strength from 1"),
    ],
)
def test_what_it_cant_begin_with_is_told(film: Version, arguments: tuple[str, ...], words: str) -> None:
    given = [each.format(film=film.asset_id) for each in arguments]
    with pytest.raises(CommandError, match=words):
        call_command("generate", "A red ball", *given, stdout=StringIO(), stderr=StringIO())
    assert not GenerationJob.objects.exists()
