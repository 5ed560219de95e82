"""The Generate page and its fragments."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Approval, Processing, RenditionKind, Version
from generation import jobs, previews
from generation.models import GenerationJob
from generation.states import JobState
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member, next_version
from tests.integration.generation.briefs import BRIEF
from tests.integration.generation.models import write_card

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _model(tmp_path: Path, settings: Any) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))


@pytest.fixture
def page(client: Client, creator: Member) -> Client:
    client.force_login(creator.user)
    return client


def finished(job: GenerationJob, **about: Any) -> Version:
    version: Version = VersionFactory.create(asset__brand=job.brand, **about)
    jobs.begin_signing(job)
    jobs.finish(job, version)
    return version


def form(**fields: str | int) -> dict[str, str | int]:
    usual: dict[str, str | int] = {
        "prompt": "A red ball bouncing",
        "size": "128x80",
        "frames": 33,
        "takes": 1,
        "seed": "",
        "steps": 8,
        "guidance": 3,
        "key": str(uuid4()),
    }
    return usual | fields


def address(name: str, brand: Brand, *args: object) -> str:
    return reverse(name, args=[brand.slug, *args])


def test_the_page_says_which_model_and_that_it_is_an_early_checkpoint(page: Client, brand: Brand) -> None:
    text = page.get(address("generate", brand)).content.decode()
    assert "Test model" in text
    assert "Early checkpoint" in text
    assert "No takes yet" in text


def test_sending_the_form_asks_for_its_takes(page: Client, brand: Brand, creator: Member) -> None:
    answer = page.post(address("generate", brand), form(takes=2))
    made = list(GenerationJob.objects.order_by("take"))
    assert answer.status_code == 302
    assert [(job.requested_by, job.frames, job.take) for job in made] == [
        (creator.user, 33, 1),
        (creator.user, 33, 2),
    ]
    shown = page.get(answer["Location"]).content.decode()
    assert all(f'id="job-{job.pk}"' in shown for job in made)


def test_sending_the_form_twice_asks_once(page: Client, brand: Brand) -> None:
    same = form()
    page.post(address("generate", brand), same)
    page.post(address("generate", brand), same)
    assert GenerationJob.objects.count() == 1


def test_a_kept_seed_is_used_and_stays_kept(page: Client, brand: Brand) -> None:
    answer = page.post(address("generate", brand), form(keep_seed="on", seed=42))
    assert GenerationJob.objects.get().seed == 42
    shown = page.get(answer["Location"]).content.decode()
    assert 'value="42"' in shown
    assert "checked" in shown.split('name="keep_seed"')[1].split(">")[0]


def test_a_seed_that_is_not_kept_is_left_to_chance(page: Client, brand: Brand) -> None:
    page.post(address("generate", brand), form(seed=42))
    assert GenerationJob.objects.get().seed != 42


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"prompt": "  "}, "Describe what the clip should show"),
        ({"prompt": "x" * 1001}, "up to 1,000 characters"),
        ({"steps": 41}, "1 to 40 steps"),
        ({"keep_seed": "on", "seed": -1}, "whole number from 0"),
        ({"keep_seed": "on"}, "Enter a seed"),
        ({"size": "9999x1"}, "Select a valid choice"),
        ({"key": "nonsense"}, "Reload the page"),
    ],
)
def test_a_brief_that_cannot_be_met_comes_back_with_the_reason(
    page: Client, brand: Brand, fields: dict[str, str | int], words: str
) -> None:
    answer = page.post(address("generate", brand), form(**fields))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not GenerationJob.objects.exists()


def test_a_missing_model_is_said_in_words(page: Client, brand: Brand, settings: Any, tmp_path: Path) -> None:
    settings.GENERATOR_MODEL = str(tmp_path / "nowhere")
    answer = page.get(address("generate", brand))
    assert answer.status_code == 503
    assert "No model installed" in answer.content.decode()


def test_the_forecast_says_what_is_understood_and_what_is_not(page: Client, brand: Brand) -> None:
    answer = page.get(address("generate-forecast", brand), form(prompt="a crimson sphere, cinematic"))
    text = answer.content.decode()
    assert "a red ball" in text
    assert "<q>cinematic</q>" in text


def test_the_forecast_says_what_is_guessed_and_what_is_added(page: Client, brand: Brand) -> None:
    text = page.get(address("generate-forecast", brand), form(prompt="bouncng")).content.decode()
    assert "<q>bouncng</q> → <q>bouncing</q>" in text
    assert "Adds what the prompt leaves open: red, ball" in text


def test_a_brief_says_what_became_of_its_words(page: Client, brand: Brand, claimed: GenerationJob) -> None:
    claimed.understood = {
        "canonical": "a large bird rising",
        "recognised": [],
        "unknown": ["canyon"],
        "taken": [["eagle", "bird"]],
        "assumed": ["large", "rising"],
    }
    claimed.save()
    text = page.get(address("generate", brand)).content.decode()
    assert "Understood as a large bird rising." in text
    assert "<q>eagle</q> → <q>bird</q>" in text
    assert "Assumed: large, rising." in text
    assert "Ignored: <q>canyon</q>." in text


def test_the_forecast_warns_when_nothing_is_understood(page: Client, brand: Brand) -> None:
    text = page.get(address("generate-forecast", brand), form(prompt="quixotic")).content.decode()
    assert "any of these words" in text


def test_the_forecast_estimates_from_earlier_takes(
    page: Client, brand: Brand, claimed: GenerationJob
) -> None:
    claimed.model = {"name": "Test model", "version": "1"}
    claimed.save()
    assert claimed.started_at is not None
    finished(claimed)
    GenerationJob.objects.update(
        started_at=claimed.created_at, finished_at=claimed.created_at.replace(year=2100)
    )
    assert (
        "per take on this machine" in page.get(address("generate-forecast", brand), form()).content.decode()
    )


def test_somebody_elses_takes_are_a_link_away(page: Client, brand: Brand) -> None:
    theirs = jobs.request(by=member(brand), brief=BRIEF)[0]
    assert str(theirs.pk) not in page.get(address("generate", brand)).content.decode()
    assert str(theirs.pk) in page.get(address("generate", brand), {"whose": "all"}).content.decode()


def test_older_briefs_are_a_link_away(page: Client, brand: Brand, creator: Member) -> None:
    made = [jobs.request(by=creator, brief=BRIEF)[0] for _ in range(8)]
    newest = page.get(address("generate", brand)).content.decode()
    assert f'id="job-{made[2].pk}"' in newest
    assert f'id="job-{made[1].pk}"' not in newest
    older = page.get(address("generate", brand), {"before": str(made[2].pk)}).content.decode()
    assert f'id="job-{made[1].pk}"' in older
    assert f'id="job-{made[2].pk}"' not in older


def test_a_brief_can_be_used_again(page: Client, brand: Brand, job: GenerationJob) -> None:
    text = page.get(address("generate", brand), {"from": str(job.pk)}).content.decode()
    assert job.prompt in text.split("<textarea")[1].split("</textarea>")[0]


def test_a_running_take_shows_step_preview_and_cancel(
    page: Client, brand: Brand, claimed: GenerationJob
) -> None:
    jobs.step(claimed, 3, preview=b"jpeg")
    text = page.get(address("job", brand, claimed.pk)).content.decode()
    assert "Step 3 of 8" in text
    assert "data:image/jpeg;base64," in text
    assert address("job-cancel", brand, claimed.pk) in text
    assert f"sse:job-{claimed.pk}" in text


def test_a_waiting_take_says_how_many_come_before_it(page: Client, brand: Brand, creator: Member) -> None:
    jobs.request(by=creator, brief=BRIEF)
    last = jobs.request(by=creator, brief=BRIEF)[0]
    assert "1 take ahead" in page.get(address("job", brand, last.pk)).content.decode()


def test_a_finished_take_plays_and_leads_to_its_asset(
    page: Client, brand: Brand, claimed: GenerationJob
) -> None:
    version = finished(claimed)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    text = page.get(address("job", brand, claimed.pk)).content.decode()
    assert f'<video src="{address("file", brand, version.pk, "proxy")}"' in text
    assert address("asset", brand, version.asset_id) in text
    assert address("job-more", brand, claimed.pk) in text


def test_until_it_plays_a_take_shows_its_preview_and_never_the_master(
    page: Client, brand: Brand, claimed: GenerationJob
) -> None:
    """Fetching the master is a download, which the audit trail would tell of somebody who only looked."""
    previews.keep(claimed.pk, b"jpeg")
    version = finished(claimed, processing=Processing.RUNNING)
    text = page.get(address("job", brand, claimed.pk)).content.decode()
    assert "data:image/jpeg" in text
    assert "Adding to the library" in text
    assert f'hx-trigger="sse:version-{version.pk}, every 15s"' in text
    assert address("file", brand, version.pk, "master") not in text
    previews.forget(claimed.pk)
    assert "spinner" in page.get(address("job", brand, claimed.pk)).content.decode()


def test_a_take_that_cannot_be_shown_says_so(page: Client, brand: Brand, claimed: GenerationJob) -> None:
    finished(claimed, processing=Processing.FAILED)
    text = page.get(address("job", brand, claimed.pk)).content.decode()
    assert "No preview available" in text
    assert "Adding to the library" not in text


def test_a_take_whose_asset_is_in_the_trash_shows_no_film(
    page: Client, brand: Brand, claimed: GenerationJob
) -> None:
    finished(claimed, asset__trashed_at="2026-01-01T00:00:00Z")
    text = page.get(address("job", brand, claimed.pk)).content.decode()
    assert "No longer in the library" in text
    assert "<video" not in text


def test_cancelling_answers_with_the_card(page: Client, brand: Brand, job: GenerationJob) -> None:
    answer = page.post(address("job-cancel", brand, job.pk), headers={"HX-Request": "true"})
    assert "Cancelled" in answer.content.decode()
    assert GenerationJob.objects.get(pk=job.pk).state == JobState.CANCELLED


def test_cancelling_works_without_script(page: Client, brand: Brand, job: GenerationJob) -> None:
    answer = page.post(address("job-cancel", brand, job.pk))
    assert answer["Location"] == address("generate", brand)


def test_cancelling_too_late_says_so(page: Client, brand: Brand, claimed: GenerationJob) -> None:
    jobs.begin_signing(claimed)
    answer = page.post(address("job-cancel", brand, claimed.pk), headers={"HX-Request": "true"})
    assert "no longer be cancelled" in answer["HX-Trigger"]


def test_a_failed_take_says_why_and_is_tried_again(
    page: Client, brand: Brand, claimed: GenerationJob
) -> None:
    jobs.fail(claimed, reason="The machine ran out of memory.")
    assert "ran out of memory" in page.get(address("job", brand, claimed.pk)).content.decode()
    page.post(address("job-retry", brand, claimed.pk))
    assert GenerationJob.objects.get(pk=claimed.pk).state == JobState.REQUESTED


def test_more_like_this_is_the_same_brief_with_another_seed(
    page: Client, brand: Brand, job: GenerationJob
) -> None:
    key = str(uuid4())
    for _ in range(2):
        page.post(address("job-more", brand, job.pk), {"key": key})
    other = GenerationJob.objects.exclude(pk=job.pk).get()
    assert (other.prompt, other.frames, other.steps) == (job.prompt, job.frames, job.steps)
    assert other.seed != job.seed


def test_the_top_bar_counts_running_takes(page: Client, brand: Brand, claimed: GenerationJob) -> None:
    jobs.step(claimed, 3)
    text = page.get(address("jobs-running", brand)).content.decode()
    assert 'value="3"' in text
    assert 'max="8"' in text


def test_the_top_bar_says_nothing_when_nothing_runs(page: Client, brand: Brand) -> None:
    assert page.get(address("jobs-running", brand)).content.strip() == b""


@pytest.mark.parametrize("name", ["job", "job-cancel", "job-retry", "job-more"])
def test_a_job_of_another_brand_is_not_there(client: Client, job: GenerationJob, name: str) -> None:
    other = BrandFactory.create()
    client.force_login(member(other).user)
    ask = client.get if name == "job" else client.post
    assert ask(address(name, other, job.pk)).status_code == 404


@pytest.mark.parametrize("name", ["generate", "generate-forecast", "jobs-running"])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER])
def test_who_does_not_make_clips_does_not_come_in(
    client: Client, brand: Brand, role: Role, name: str
) -> None:
    client.force_login(member(brand, role).user)
    assert client.get(address(name, brand)).status_code == 403


def test_the_number_of_takes_stays_as_it_was(page: Client, brand: Brand) -> None:
    answer = page.post(address("generate", brand), form(takes=3))
    shown = page.get(answer["Location"]).content.decode()
    assert "checked" in shown.split('name="takes" value="3"')[1].split(">")[0]


def test_a_cancelled_take_keeps_no_place_for_a_picture(
    page: Client, brand: Brand, job: GenerationJob
) -> None:
    page.post(address("job-cancel", brand, job.pk))
    card = page.get(address("job", brand, job.pk)).content.decode()
    assert "take-stage" not in card
    assert "Try again" in card


def test_a_creator_discards_a_take_of_their_own_and_stays_there(
    page: Client, brand: Brand, creator: Member, claimed: GenerationJob
) -> None:
    version = finished(claimed, asset__created_by=creator.user)
    card = page.get(address("job", brand, claimed.pk)).content.decode()
    discard = address("asset-trash", brand, version.asset_id)
    assert discard in card
    answer = page.post(discard, {"back": address("generate", brand)})
    assert answer.headers["Location"] == address("generate", brand)
    assert discard not in page.get(address("job", brand, claimed.pk)).content.decode()


def test_a_take_with_a_later_version_is_not_discarded_with_it(
    page: Client, brand: Brand, creator: Member, claimed: GenerationJob
) -> None:
    version = finished(claimed, asset__created_by=creator.user)
    next_version(version, approval=Approval.IN_REVIEW)
    card = page.get(address("job", brand, claimed.pk)).content.decode()
    assert address("asset-trash", brand, version.asset_id) not in card
