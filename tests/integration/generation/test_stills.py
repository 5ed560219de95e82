"""A picture from a prompt: made, signed, in the library, and what a clip begins with."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from PIL import Image

from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import AssetKind, Version
from dam.ingest.next_versions import NoTarget
from generation import clip_briefs, jobs, reproducer, reproductions, runner, selectors
from generation.frame_comparison import Outcome
from generation.generators.modes import Mode
from generation.models import GenerationJob, Reproduction
from provenance.manifests import verify
from provenance.watermarks import marks
from tests.factories import VersionFactory
from tests.integration.generation.models import CARD, FakeGenerator, write_card
from tests.integration.generation.test_sources import brief

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_here")]


@pytest.fixture
def page(client: Client, creator: Member) -> Client:
    client.force_login(creator.user)
    return client


@pytest.fixture
def job(creator: Member) -> GenerationJob:
    return jobs.request(by=creator, brief=replace(brief(Mode.STILL), frames=1))[0]


def master(version: Version) -> Path:
    return Path(project.STORAGE, version.storage_key)


def pixels(version: Version) -> np.ndarray[Any, Any]:
    with Image.open(master(version)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB"))


def test_a_still_is_a_signed_picture_of_the_library(job: GenerationJob, generator: FakeGenerator) -> None:
    Brand.objects.update(watermarks=False)
    version = runner.make(job.pk)
    assert version is not None
    assert (version.kind, version.content_type, version.origin) == (AssetKind.STILL, "image/png", "generated")
    assert (version.width, version.height) == (128, 80)
    assert version.filename.endswith(f"-{job.seed}.png")
    (request,) = generator.requests
    assert (request.frames, request.guides) == (1, ())
    assert np.array_equal(pixels(version), generator.decode(str(job.seed).encode(), request)[0])
    report = verify.check(master(version))
    assert report.state == "trusted"
    said = json.dumps(report.to_json(raw=True))
    assert "trainedAlgorithmicMedia" in said
    found = clip_briefs.read(report.to_json(raw=True))
    assert found is not None
    assert (found.mode, found.seed, found.frames, found.job) == (Mode.STILL, job.seed, 1, job.pk)


def test_a_still_of_a_brand_with_watermarks_has_one(job: GenerationJob, generator: FakeGenerator) -> None:
    Brand.objects.update(watermarks=True)
    version = runner.make(job.pk)
    assert version is not None
    plain = generator.decode(str(job.seed).encode(), generator.requests[0])[0]
    assert marks.of_master(version) is not None
    error = np.mean((pixels(version).astype(float) - plain) ** 2)
    assert 0 < error < 60  # noise has texture all over, which is where it lies


@pytest.mark.parametrize("marked", [False, True])
def test_a_still_is_reproduced(
    marked: bool, job: GenerationJob, creator: Member, generator: FakeGenerator
) -> None:
    Brand.objects.update(watermarks=marked)
    version = runner.make(job.pk)
    assert version is not None
    asked = reproductions.ask(version, by=creator)
    reproducer.run_next()
    answer = Reproduction.objects.get(pk=asked.pk)
    assert (answer.verdict, answer.figures["differing"]) == (Outcome.IDENTICAL, 0)


def test_a_clip_begins_with_a_still(job: GenerationJob, creator: Member, generator: FakeGenerator) -> None:
    Brand.objects.update(watermarks=False)
    still = runner.make(job.pk)
    assert still is not None
    asked = jobs.request(by=creator, brief=brief(Mode.IMAGE, {"first": still}))[0]
    clip = runner.make(asked.pk)
    assert clip is not None
    (guide,) = generator.requests[-1].guides
    assert np.array_equal(guide.pictures[0], pixels(still))


def test_pictures_and_clips_are_not_judged_by_each_others_time(
    job: GenerationJob, creator: Member, generator: FakeGenerator
) -> None:
    def expected(frames: int) -> float | None:
        return selectors.expected_seconds(
            frames=frames, width=128, height=80, steps=8, identity=generator.identity
        )

    runner.make(job.pk)
    assert expected(17) is None
    assert expected(1) is not None


def test_a_clip_gets_no_picture_for_its_next_version(creator: Member, brand: Brand) -> None:
    film: Version = VersionFactory.create(asset__brand=brand)
    with pytest.raises(NoTarget, match="must be a video"):
        jobs.request(by=creator, brief=brief(Mode.STILL), asset=film.asset)


def test_the_page_asks_for_a_still_without_a_length(brand: Brand, page: Client) -> None:
    address = reverse("generate", args=[brand.slug])
    shown = page.get(address, {"mode": "still"}).content.decode()
    assert 'type="hidden" name="frames"' in shown
    assert "Still image" in shown
    key = shown.split('name="key" value="')[1].split('"')[0]
    sent = {"key": key, "mode": "still", "prompt": "A red ball", "size": "128x80", "frames": 33, "takes": 2}
    answer = page.post(address, sent | {"steps": 8, "guidance": 3.0})
    assert answer.status_code == 302, answer.content.decode()
    made = GenerationJob.objects.all()
    assert {(job.mode, job.frames) for job in made} == {("still", 1)}
    assert len(made) == 2


def test_the_tab_is_off_while_a_clip_gets_its_next_version(brand: Brand, page: Client) -> None:
    film: Version = VersionFactory.create(asset__brand=brand)
    address = reverse("generate", args=[brand.slug])
    shown = page.get(address, {"asset": str(film.asset_id)}).content.decode()
    assert 'id="tab-still"' not in shown
    assert "must be a video too" in shown


def test_the_card_of_a_still_offers_a_clip_that_begins_with_it(
    job: GenerationJob, generator: FakeGenerator, brand: Brand, page: Client
) -> None:
    version = runner.make(job.pk)
    assert version is not None
    card = page.get(reverse("job", args=[brand.slug, job.pk])).content.decode()
    assert f"mode=image&amp;source={version.pk}" in card
    origin = page.get(reverse("asset-origin", args=[brand.slug, version.asset_id])).content.decode()
    assert "frames" not in origin
    assert page.get(reverse("generate", args=[brand.slug]), {"from": str(job.pk)}).status_code == 200


def test_a_model_without_stills_is_not_asked_for_one(
    brand: Brand, page: Client, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CARD, "modes", ["text"])
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "plain"))
    shown = page.get(reverse("generate", args=[brand.slug])).content.decode()
    assert 'id="tab-still"' not in shown
