"""A take that becomes the next version of an asset."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Approval, Asset, Origin, Version
from dam.ingest.next_versions import NoTarget
from generation import jobs, runner
from generation.briefs import BriefRefused
from generation.generators import loading
from generation.models import GenerationJob
from generation.states import JobState
from tests.factories import ApprovedVersionFactory, VersionFactory, member
from tests.integration.generation.briefs import BRIEF, reload
from tests.integration.generation.models import FakeGenerator, write_card
from tests.integration.generation.test_studio import form

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(brand: Brand, creator: Member) -> Version:
    version: Version = VersionFactory.create(
        asset__brand=brand,
        asset__created_by=creator.user,
        asset__title="Harbour",
        asset__origin=Origin.GENERATED,
    )
    return version


@pytest.fixture
def job(brand: Brand, creator: Member, first: Version) -> GenerationJob:
    return jobs.request(by=creator, brief=BRIEF, asset=first.asset)[0]


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> FakeGenerator:
    settings.STORAGE = str(tmp_path / "storage")
    settings.SCRATCH_DIR = tmp_path / "scratch"
    made = FakeGenerator()
    monkeypatch.setattr(loading, "load", lambda folder: made)
    return made


@pytest.fixture
def page(client: Client, creator: Member, tmp_path: Path, settings: Any) -> Client:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))
    client.force_login(creator.user)
    return client


def trash(version: Version) -> None:
    Asset.objects.filter(pk=version.asset_id).update(trashed_at=timezone.now())


def generate(brand: Brand) -> str:
    return reverse("generate", args=[brand.slug])


def test_the_take_becomes_the_next_version_and_the_asset_keeps_its_title(
    job: GenerationJob, first: Version, generator: FakeGenerator
) -> None:
    second = runner.make(job.pk)
    asset = Asset.objects.get()
    assert second is not None
    assert (second.asset, second.number, second.origin) == (asset, 2, Origin.GENERATED)
    assert (asset.latest, asset.title) == (second, "Harbour")
    assert (reload(job).state, reload(job).version) == (JobState.DONE, second)


def test_what_is_released_stays_released(brand: Brand, creator: Member, generator: FakeGenerator) -> None:
    released = ApprovedVersionFactory.create(asset__brand=brand)
    job = jobs.request(by=creator, brief=BRIEF, asset=released.asset)[0]
    second = runner.make(job.pk)
    asset = Asset.objects.get()
    assert second is not None
    assert (asset.released, asset.latest, second.approval) == (released, second, Approval.DRAFT)


def test_the_trail_names_the_asset_from_the_first_moment(job: GenerationJob, first: Version) -> None:
    assert Event.objects.get(verb="job.requested").asset_id == first.asset_id


def test_an_asset_that_went_to_the_trash_meanwhile_fails_the_job_before_any_work(
    job: GenerationJob, first: Version, generator: FakeGenerator
) -> None:
    trash(first)
    assert runner.make(job.pk) is None
    assert (reload(job).state, generator.requests) == (JobState.FAILED, [])
    assert "in the trash" in reload(job).reason


def test_an_asset_that_goes_to_the_trash_while_it_runs_gets_no_version(
    job: GenerationJob, first: Version, generator: FakeGenerator
) -> None:
    generator.at_step = lambda done: trash(first)
    assert runner.make(job.pk) is None
    assert (reload(job).state, Version.objects.count()) == (JobState.FAILED, 1)


def test_who_has_left_the_brand_adds_no_version(
    job: GenerationJob, creator: Member, generator: FakeGenerator
) -> None:
    Membership.objects.filter(user=creator.user).delete()
    assert runner.make(job.pk) is None
    assert reload(job).state == JobState.FAILED


def test_several_takes_of_one_next_version_are_refused(brand: Brand, creator: Member, first: Version) -> None:
    with pytest.raises(BriefRefused, match="one take at a time"):
        jobs.request(by=creator, brief=replace(BRIEF, takes=2), asset=first.asset)
    assert not GenerationJob.objects.exists()


def test_an_asset_in_the_trash_gets_no_next_version(brand: Brand, creator: Member, first: Version) -> None:
    trash(first)
    with pytest.raises(NoTarget):
        jobs.request(by=creator, brief=BRIEF, asset=first.asset)


def test_an_asset_of_another_brand_gets_no_next_version(brand: Brand, creator: Member) -> None:
    foreign = VersionFactory.create()
    with pytest.raises(NoTarget):
        jobs.request(by=creator, brief=BRIEF, asset=foreign.asset)


def test_the_page_says_what_the_take_becomes_and_how_to_drop_that(
    page: Client, brand: Brand, first: Version
) -> None:
    text = page.get(f"{generate(brand)}?asset={first.asset_id}").content.decode()
    words = " ".join(text.split())
    assert "This take becomes the next version of" in words
    assert ">Harbour</a>”" in words
    assert "Create a new clip instead" in words
    assert f'name="asset" value="{first.asset_id}"' in text
    assert "one take at a time" in text
    assert 'type="radio" name="takes"' not in text


def test_the_page_begins_with_the_brief_of_the_version_before(
    page: Client, brand: Brand, creator: Member, first: Version
) -> None:
    earlier = jobs.request(by=creator, brief=replace(BRIEF, prompt="A blue can"))[0]
    GenerationJob.objects.filter(pk=earlier.pk).update(version=first)
    text = page.get(f"{generate(brand)}?asset={first.asset_id}").content.decode()
    assert ">A blue can</textarea>" in text


def test_without_an_asset_the_page_says_nothing_of_versions(page: Client, brand: Brand) -> None:
    text = page.get(generate(brand)).content.decode()
    assert "next version" not in text
    assert 'name="asset"' not in text


def test_sending_the_form_asks_for_one_take_for_that_asset_and_stays_with_it(
    page: Client, brand: Brand, first: Version
) -> None:
    answer = page.post(generate(brand), form(asset=str(first.asset_id), takes=3))
    job = GenerationJob.objects.get()
    assert (job.asset, job.take) == (first.asset, 1)
    shown = page.get(answer["Location"]).content.decode()
    assert "This take becomes the next version of" in shown
    assert "Next version of" in shown


def test_a_form_for_an_asset_that_was_trashed_meanwhile_comes_back_with_the_reason(
    page: Client, brand: Brand, first: Version
) -> None:
    trash(first)
    answer = page.post(generate(brand), form(asset=str(first.asset_id)))
    assert answer.status_code == 422
    assert "in the trash" in answer.content.decode()
    assert not GenerationJob.objects.exists()


@pytest.mark.parametrize("asset_id", ["00000000-0000-4000-8000-000000000000", "nonsense"])
def test_an_asset_that_is_not_there_is_not_found(page: Client, brand: Brand, asset_id: str) -> None:
    assert page.get(f"{generate(brand)}?asset={asset_id}").status_code == 404
    assert page.post(generate(brand), form(asset=asset_id)).status_code == 422


def test_the_card_of_the_finished_take_says_which_version_it_is(
    page: Client, brand: Brand, job: GenerationJob, generator: FakeGenerator
) -> None:
    runner.make(job.pk)
    text = " ".join(page.get(reverse("job", args=[brand.slug, job.pk])).content.decode().split())
    assert "Version 2 of <a" in text


def test_a_take_like_it_is_an_asset_of_its_own(page: Client, brand: Brand, job: GenerationJob) -> None:
    page.post(reverse("job-more", args=[brand.slug, job.pk]), {"key": str(uuid4())})
    assert GenerationJob.objects.exclude(pk=job.pk).get().asset is None


def test_who_sees_released_work_alone_reads_where_the_released_version_is_from(
    client: Client, brand: Brand, creator: Member, generator: FakeGenerator
) -> None:
    released = ApprovedVersionFactory.create(asset__brand=brand)
    runner.make(jobs.request(by=creator, brief=BRIEF, asset=released.asset)[0].pk)
    address = reverse("asset-origin", args=[brand.slug, released.asset_id])
    client.force_login(member(brand, Role.VIEWER).user)
    assert "Uploaded" in client.get(address).content.decode()
    client.force_login(creator.user)
    assert "Test model" in client.get(address).content.decode()


def test_the_command_asks_for_a_next_version(
    brand: Brand,
    creator: Member,
    first: Version,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))

    def cancel(name: str, *, job_id: str, unsent: object) -> None:
        jobs.cancel(GenerationJob.objects.select_related("brand").get(pk=job_id), by=creator)

    monkeypatch.setattr(jobs, "enqueue", cancel)
    with pytest.raises(SystemExit):
        call_command("generate", "a red ball", "--brand", brand.slug, "--asset", str(first.asset_id))
    assert GenerationJob.objects.get().asset == first.asset


def test_the_command_refuses_an_asset_that_is_not_there(
    brand: Brand, creator: Member, tmp_path: Path, settings: Any
) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))
    with pytest.raises(CommandError, match="doesn't exist"):
        call_command("generate", "a red ball", "--brand", brand.slug, "--asset", str(uuid4()))
