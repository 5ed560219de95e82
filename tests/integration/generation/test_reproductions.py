"""Making a clip once more to see whether it comes out the same: real encoding, signing and comparison."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Asset, Version
from dam.core import workers
from generation import jobs, reproducer, reproductions, runner, tasks
from generation.frame_comparison import Outcome
from generation.generators import loading
from generation.generators.base import Frames, Latents, VideoRequest
from generation.generators.modes import Mode
from generation.models import GenerationJob, Reproduction
from generation.states import JobState, ReproductionState
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.generation.briefs import BRIEF
from tests.integration.generation.models import CARD, FakeGenerator, write_card
from tests.integration.generation.test_sources import brief, taken
from tests.still_factory import still

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_here")]


@pytest.fixture
def made(job: GenerationJob, generator: FakeGenerator) -> Version:
    """A clip that the generator has made."""
    version = runner.make(job.pk)
    assert version is not None
    return version


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the reproductions that are sent to the workers from now on."""
    ids: list[str] = []

    def enqueue(task_name: str, *, reproduction_id: str, unsent: object) -> None:
        assert task_name == "gpu.reproduce"
        ids.append(reproduction_id)

    monkeypatch.setattr(reproductions, "enqueue", enqueue)
    return ids


def reload(row: Reproduction) -> Reproduction:
    return Reproduction.objects.get(pk=row.pk)


def reproduced(version: Version, by: Member) -> Reproduction:
    asked = reproductions.ask(version, by=by)
    reproducer.run_next()
    return reload(asked)


class Changed(FakeGenerator):
    """The fake generator, with something done to its frames."""

    def __init__(self, change: Callable[[Frames], Frames]) -> None:
        super().__init__()
        self.change = change

    def decode(self, latents: Latents, request: VideoRequest, *, tiled: bool = False) -> Frames:
        return self.change(super().decode(latents, request, tiled=tiled))


def pixel(frames: Frames) -> Frames:
    frames[3, 4, 5] ^= 1
    return frames


def scratch_is_empty() -> bool:
    scratch = Path(project.SCRATCH_DIR)
    return not scratch.exists() or not list(scratch.iterdir())


def test_what_it_takes_is_kept_with_the_take(made: Version, job: GenerationJob) -> None:
    kept = GenerationJob.objects.get(pk=job.pk).made_with
    assert kept["environment"]["scheduler"] == "Euler"
    assert len(kept["frames_sha256"]) == 64


def test_the_same_frames_are_identical(made: Version, creator: Member) -> None:
    files = sorted(Path(project.STORAGE).rglob("*"))
    row = reproduced(made, creator)
    assert (row.state, row.verdict, row.reason) == ("done", Outcome.IDENTICAL, "")
    assert row.figures == {"frames": 17, "differing": 0, "psnr": None, "ssim": 1.0, "longer": 0}
    assert row.then["frames_sha256"] == row.now["frames_sha256"]
    assert row.then["model"]["weights_sha256"] == row.now["model"]["weights_sha256"] == "ab" * 32
    assert row.then["environment"] == row.now["environment"]
    assert Asset.objects.count() == 1
    assert sorted(Path(project.STORAGE).rglob("*")) == files
    assert scratch_is_empty()


def test_a_clip_with_a_watermark_is_made_again_with_its_own(
    job: GenerationJob, generator: FakeGenerator, creator: Member
) -> None:
    """Else it would differ from what is kept by that alone."""
    job.brand.watermarks = True
    job.brand.save(update_fields=["watermarks"])
    version = runner.make(job.pk)
    assert version is not None
    row = reproduced(version, creator)
    assert row.verdict == Outcome.IDENTICAL
    assert row.figures["differing"] == 0


def test_the_answer_is_in_the_chain_of_the_activity_log(made: Version, creator: Member) -> None:
    row = reproduced(made, creator)
    event = Event.objects.get(verb="clip.reproduced")
    assert event.data["verdict"] == "identical"
    assert event.data["then"]["frames_sha256"] == event.data["now"]["frames_sha256"]
    assert (event.data["reproduction"], event.data["sha256"]) == (str(row.pk), made.sha256)
    assert (event.asset_id, event.actor) == (made.asset_id, creator.user)
    assert trail.first_broken(made.brand) is None


def test_a_pixel_that_differs_is_not_identical(
    made: Version, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "load", lambda folder: Changed(pixel))
    row = reproduced(made, creator)
    assert row.verdict == Outcome.SAME
    assert row.then["frames_sha256"] != row.now["frames_sha256"]


def test_other_pictures_are_different(
    made: Version, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "load", lambda folder: Changed(lambda frames: frames[::-1].copy()))
    row = reproduced(made, creator)
    assert row.verdict == Outcome.DIFFERENT
    assert row.figures["differing"] >= 16
    assert row.figures["psnr"] < 40


def test_an_older_take_is_compared_by_its_decoded_pictures(made: Version, creator: Member) -> None:
    GenerationJob.objects.update(made_with={})
    row = reproduced(made, creator)
    assert row.verdict == Outcome.IDENTICAL
    assert row.then["frames_sha256"] == ""
    assert row.figures["differing"] == 0


def test_pictures_are_read_a_few_at_a_time(
    made: Version, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reproducer, "CHUNK_BYTES", 5 * 128 * 80 * 3)
    assert reproduced(made, creator).figures["frames"] == 17


def test_other_weights_are_not_run(
    made: Version, creator: Member, generator: FakeGenerator, tmp_path: Path
) -> None:
    card = {**CARD, "weights_sha256": "cd" * 32}
    (tmp_path / "models" / "model" / "reelproof.json").write_text(json.dumps(card))
    row = reproduced(made, creator)
    assert row.verdict == Outcome.IMPOSSIBLE
    assert row.reason == "The model in use has other weights than the one that made this clip."
    assert row.now["model"]["weights_sha256"] == "cd" * 32
    assert len(generator.requests) == 1  # the take itself


def test_a_model_beside_the_one_in_use_is_run_where_it_has_the_weights(
    made: Version, creator: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Path] = []
    older = write_card(tmp_path / "models" / "older")
    card = {**CARD, "weights_sha256": "cd" * 32}
    (tmp_path / "models" / "model" / "reelproof.json").write_text(json.dumps(card))

    def load(folder: Path) -> FakeGenerator:
        loaded.append(folder)
        return FakeGenerator()

    monkeypatch.setattr(loading, "load", load)
    assert reproduced(made, creator).verdict == Outcome.IDENTICAL
    assert loaded == [older]


def test_weights_that_are_not_what_their_card_says_are_not_run(
    made: Version, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(FakeGenerator):
        identity = replace(FakeGenerator.identity, weights_sha256="ef" * 32)

    monkeypatch.setattr(loading, "load", lambda folder: Other())
    row = reproduced(made, creator)
    assert row.verdict == Outcome.IMPOSSIBLE
    assert row.now["model"]["weights_sha256"] == "ef" * 32


@pytest.fixture
def begun(creator: Member, generator: FakeGenerator, tmp_path: Path) -> tuple[Version, Version]:
    """A picture, and the clip that begins with it."""
    picture = taken(still(tmp_path / "still.png", size=(256, 160)), by=creator, title="Label")
    job = jobs.request(by=creator, brief=brief(Mode.IMAGE, {"first": picture}))[0]
    version = runner.make(job.pk)
    assert version is not None
    return picture, version


def test_what_it_began_with_is_given_again(begun: tuple[Version, Version], creator: Member) -> None:
    assert reproduced(begun[1], creator).verdict == Outcome.IDENTICAL


def test_who_made_it_may_be_gone(begun: tuple[Version, Version], creator: Member, brand: Brand) -> None:
    Membership.objects.filter(user=creator.user).delete()
    assert reproduced(begun[1], member(brand, Role.LEGAL_REVIEWER)).verdict == Outcome.IDENTICAL


def test_a_source_that_is_gone_is_the_reason(begun: tuple[Version, Version], creator: Member) -> None:
    Asset.objects.filter(pk=begun[0].asset_id).update(trashed_at=timezone.now())
    row = reproduced(begun[1], creator)
    assert row.verdict == Outcome.IMPOSSIBLE
    assert row.reason.startswith("“Label”, which this clip was made from, has changed, is no longer")


def test_a_source_whose_bytes_have_changed_is_the_reason(
    begun: tuple[Version, Version], creator: Member
) -> None:
    path = Path(project.STORAGE, begun[0].storage_key)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\0")
    row = reproduced(begun[1], creator)
    assert (row.verdict, row.reason) == (
        Outcome.IMPOSSIBLE,
        "The file of “Label”, which this clip was made from, has changed.",
    )


def test_a_master_that_is_missing_or_another_is_the_reason(made: Version, creator: Member) -> None:
    path = Path(project.STORAGE, made.storage_key)
    kept = path.read_bytes()
    path.unlink()
    assert reproduced(made, creator).reason == "The clip's master is missing from storage."
    path.write_bytes(kept + b"\0")
    assert "its hash differs" in reproduced(made, creator).reason


def test_without_a_model_it_cannot_be_made(made: Version, creator: Member, settings: Any) -> None:
    settings.GENERATOR_MODEL = "/nowhere"
    row = reproduced(made, creator)
    assert row.verdict == Outcome.IMPOSSIBLE
    assert "not a model folder" in row.reason


def test_asked_twice_it_is_one(made: Version, creator: Member, told: list[str]) -> None:
    first = reproductions.ask(made, by=creator)
    assert reproductions.ask(made, by=creator) == first
    assert told == [str(first.pk)]
    with pytest.raises(IntegrityError):
        Reproduction.objects.create(brand=first.brand, version=made, job=first.job, asked_by=creator.user)


def test_people_s_takes_come_first(made: Version, creator: Member, generator: FakeGenerator) -> None:
    asked = reproductions.ask(made, by=creator)
    take = jobs.request(by=creator, brief=BRIEF)[0]
    tasks.reproduce(reproduction_id=str(asked.pk))
    assert GenerationJob.objects.get(pk=take.pk).state == JobState.DONE
    assert reload(asked).state == ReproductionState.WAITING
    tasks.generate(job_id=str(take.pk))
    assert reload(asked).verdict == Outcome.IDENTICAL


def test_it_is_cancelled_between_steps(made: Version, creator: Member, generator: FakeGenerator) -> None:
    asked = reproductions.ask(made, by=creator)
    seen: list[int] = []

    def interfere(done: int) -> None:
        seen.append(done)
        if done == 2:
            reproductions.cancel(asked, by=creator)

    generator.at_step = interfere
    reproducer.run_next()
    assert seen == [1, 2]
    assert reload(asked).state == ReproductionState.CANCELLED
    assert not Event.objects.filter(verb="clip.reproduced").exists()
    assert scratch_is_empty()
    with pytest.raises(reproductions.ReproductionEnded):
        reproductions.cancel(asked, by=creator)


def test_one_that_waits_is_cancelled_at_once(made: Version, creator: Member) -> None:
    asked = reproductions.ask(made, by=creator)
    reproductions.cancel(asked, by=creator)
    assert reload(asked).state == ReproductionState.CANCELLED
    assert reproductions.claim_next() is None


def lose_worker(row: Reproduction) -> None:
    Reproduction.objects.filter(pk=row.pk).update(progressed_at=timezone.now() - timedelta(minutes=2))


def test_one_whose_worker_died_is_picked_up_and_ends_once(
    made: Version, creator: Member, told: list[str]
) -> None:
    asked = reproductions.ask(made, by=creator)
    slow = reproductions.claim(asked.pk)
    assert slow is not None
    assert reproductions.recover() == 0
    lose_worker(asked)
    assert reproductions.recover() == 1
    assert told == [str(asked.pk)] * 2
    reproducer.run_next()
    assert reload(asked).verdict == Outcome.IDENTICAL
    reproducer.run(slow)  # the worker that was only slow
    assert Event.objects.filter(verb="clip.reproduced").count() == 1
    assert (reload(asked).attempts, reload(asked).state) == (2, "done")


def test_one_that_ends_its_worker_each_time_fails(made: Version, creator: Member, told: list[str]) -> None:
    asked = reproductions.ask(made, by=creator)
    for _ in range(jobs.MOST_ATTEMPTS):
        assert reproductions.claim(asked.pk) is not None
        lose_worker(asked)
        reproductions.recover()
    row = reload(asked)
    assert row.state == ReproductionState.FAILED
    assert "3 times" in row.reason
    assert Event.objects.filter(verb="clip.reproduction_failed").count() == 1


def test_a_worker_told_to_stop_gives_it_back(
    made: Version, creator: Member, generator: FakeGenerator
) -> None:
    asked = reproductions.ask(made, by=creator)

    def interfere(done: int) -> None:
        raise SystemExit

    generator.at_step = interfere
    with pytest.raises(SystemExit):
        reproducer.run_next()
    assert (reload(asked).state, reload(asked).attempts) == (ReproductionState.WAITING, 0)


def test_too_little_memory_fails_it(made: Version, creator: Member, generator: FakeGenerator) -> None:
    def interfere(done: int) -> None:
        raise MemoryError

    generator.at_step = interfere
    row = reproduced(made, creator)
    assert (row.state, row.reason) == (ReproductionState.FAILED, runner.OUT_OF_MEMORY)


def test_a_version_that_is_deleted_takes_its_reproductions_along(made: Version, creator: Member) -> None:
    reproduced(made, creator)
    with connection.cursor() as cursor:
        cursor.execute("SELECT confdeltype FROM pg_constraint WHERE conname LIKE 'generation_reproduction_%'")
        found = [row[0] for row in cursor.fetchall()]
    assert found.count("c") == 3  # as the database itself does it


@pytest.mark.parametrize("role", Role)
def test_those_who_generate_or_decide_for_legal_may_ask(made: Version, brand: Brand, role: Role) -> None:
    if role in (Role.VIEWER, Role.BRAND_REVIEWER):
        with pytest.raises(PermissionDenied):
            reproductions.ask(made, by=member(brand, role))
    else:
        assert reproductions.ask(made, by=member(brand, role)).state == "waiting"


def test_an_upload_is_not_reproduced(brand: Brand, creator: Member) -> None:
    version = VersionFactory.create(asset__brand=brand)
    with pytest.raises(reproductions.NotGenerated):
        reproductions.ask(version, by=creator)


def page(client: Client, version: Version, role: Role, name: str = "asset-origin") -> str:
    client.force_login(member(version.brand, role).user)
    answer = client.get(reverse(name, args=[version.brand.slug, version.asset_id]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_tab_offers_it_and_says_what_was_found(
    client: Client, made: Version, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "served", lambda: {"gpu": False})
    assert "Reproduce this clip" in page(client, made, Role.LEGAL_REVIEWER)
    address = reverse("asset-reproduce", args=[made.brand.slug, made.asset_id])
    assert client.post(address).status_code == 302
    text = page(client, made, Role.CREATOR)
    assert "no worker that generates clips is running" in text
    assert 'id="reproduction-cancel"' in text
    assert 'id="reproduce"' not in text
    monkeypatch.setattr(workers, "served", lambda: {"gpu": True})
    assert "takes come first." in page(client, made, Role.CREATOR)
    reproducer.run_next()
    text = page(client, made, Role.BRAND_REVIEWER)
    assert "exactly as it was recorded: all 17 frames are the same, bit for bit." in text
    assert "ab" * 32 in text
    assert "Reproduce this clip" not in text


def test_progress_is_told(client: Client, made: Version, creator: Member) -> None:
    mine = reproductions.claim(reproductions.ask(made, by=creator).pk)
    assert mine is not None
    assert "Starting to make the clip again" in page(client, made, Role.CREATOR)
    reproductions.step(mine, 3)
    assert f"step 3 of {mine.job.steps}" in page(client, made, Role.CREATOR, "asset-reproduction")


def test_an_older_clip_and_a_missing_model_are_told(client: Client, made: Version, settings: Any) -> None:
    GenerationJob.objects.update(made_with={})
    assert "Decoded frames are compared instead." in page(client, made, Role.CREATOR)
    settings.GENERATOR_MODEL = "/nowhere"
    text = page(client, made, Role.CREATOR)
    assert "no model can run here" in text
    assert 'id="reproduce"' not in text


def test_it_is_cancelled_from_the_page(client: Client, made: Version, creator: Member) -> None:
    asked = reproductions.ask(made, by=creator)
    client.force_login(creator.user)
    address = reverse("asset-reproduction-cancel", args=[made.brand.slug, made.asset_id])
    answer = client.post(address, headers={"HX-Request": "true"})
    assert 'id="reproduction"' in answer.content.decode()
    assert reload(asked).state == ReproductionState.CANCELLED
    assert "toast" in client.post(address, headers={"HX-Request": "true"}).headers["HX-Trigger"]


def test_a_clip_of_another_brand_is_not_there(client: Client, made: Version) -> None:
    other = BrandFactory.create()
    client.force_login(member(other, Role.ADMIN).user)
    for name in ("asset-reproduce", "asset-reproduction-cancel"):
        assert client.post(reverse(name, args=[other.slug, made.asset_id])).status_code == 404


def test_a_long_history_asks_the_database_no_more(client: Client, made: Version, creator: Member) -> None:
    row = reproduced(made, creator)
    client.force_login(creator.user)
    address = reverse("asset-origin", args=[made.brand.slug, made.asset_id])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _ in range(15):
        row.pk = uuid4()
        row.save(force_insert=True)
    with CaptureQueriesContext(connection) as many:
        text = client.get(address).content.decode()
    assert len(many) == len(few)
    assert text.count("exactly as it was recorded") == 11


def command(*args: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("reproduce", *args, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    return out.getvalue(), 0


def test_the_command_does_it_at_once(made: Version, creator: Member, told: list[str]) -> None:
    text, status = command(str(made.asset_id))
    assert status == 0
    assert "exactly as it was recorded" in text
    assert told == []
    text, status = command(str(made.pk), "--json")
    assert (json.loads(text)["verdict"], status) == ("identical", 0)


def test_the_command_s_status_tells_a_difference(
    made: Version, creator: Member, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(loading, "load", lambda folder: Changed(lambda frames: 255 - frames))
    assert command(str(made.pk))[1] == 1
    settings.GENERATOR_MODEL = "/nowhere"
    assert command(str(made.pk))[1] == 2
    with pytest.raises(CommandError) as missing:
        command("00000000-0000-4000-8000-000000000001")
    assert missing.value.returncode == 2
