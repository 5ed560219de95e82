"""Where an asset comes from, on its page."""

from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import Version
from generation import jobs
from generation.models import GenerationJob
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def released(brand: Brand, claimed: GenerationJob) -> Version:
    """An approved version that the job has made."""
    version: Version = ApprovedVersionFactory.create(asset__brand=brand, asset__origin="generated")
    claimed.model = {"name": "Test model", "version": "1", "licence": "Apache-2.0"}
    claimed.save()
    jobs.begin_signing(claimed)
    jobs.finish(claimed, version)
    return version


def read(client: Client, brand: Brand, version: Version, role: Role) -> str:
    client.force_login(member(brand, role).user)
    answer = client.get(reverse("asset-origin", args=[brand.slug, version.asset_id]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_version_keeps_how_it_was_made(released: Version, claimed: GenerationJob) -> None:
    released.refresh_from_db()
    assert (released.model, released.seed, released.prompt) == ("Test model 1", claimed.seed, claimed.prompt)


def test_versions_of_before_are_told_how_they_were_made(released: Version) -> None:
    Version.objects.update(model="", seed=None, prompt="")
    migration = import_module("generation.migrations.0006_facts_of_the_making")
    migration.fill(None, connection.schema_editor())
    released.refresh_from_db()
    assert (released.model, released.prompt) == ("Test model 1", "A red ball bouncing on a table")


def test_reviewers_read_prompt_seed_and_model(client: Client, brand: Brand, released: Version) -> None:
    text = read(client, brand, released, Role.LEGAL_REVIEWER)
    assert "A red ball bouncing on a table" in text
    assert "<dt>Seed</dt>" in text
    assert "Test model" in text
    assert "Apache-2.0" in text
    assert "Generate again" not in text
    assert (
        f"{reverse('library', args=[brand.slug])}?prompt_like=A%20red%20ball%20bouncing%20on%20a%20table"
        in text
    )


def test_what_the_model_made_of_the_prompt_is_told(client: Client, brand: Brand, released: Version) -> None:
    understood = {
        "canonical": "a red ball turning",
        "recognised": ["red"],
        "unknown": ["table"],
        "taken": [["globule", "ball"]],
        "assumed": ["turning"],
    }
    GenerationJob.objects.update(understood=understood)
    text = read(client, brand, released, Role.LEGAL_REVIEWER)
    assert "a red ball turning" in text
    assert "<q>globule</q> → <q>ball</q>" in text
    assert "Assumed: turning." in text
    assert "Ignored: <q>table</q>." in text


def test_a_prompt_that_was_taken_as_it_stands_is_told_once(
    client: Client, brand: Brand, released: Version
) -> None:
    GenerationJob.objects.update(prompt="A red ball", understood={"canonical": "a red ball", "unknown": []})
    assert "Understood as" not in read(client, brand, released, Role.LEGAL_REVIEWER)


def test_an_understanding_of_before_guesses_and_additions_is_told_too(
    client: Client, brand: Brand, released: Version
) -> None:
    understood = {"canonical": "a red ball", "recognised": ["red"], "unknown": ["table"]}
    GenerationJob.objects.update(understood=understood)
    text = read(client, brand, released, Role.LEGAL_REVIEWER)
    assert "Ignored: <q>table</q>." in text
    assert "Read:" not in text
    assert "Added" not in text


def test_creators_can_generate_it_again(client: Client, brand: Brand, released: Version) -> None:
    assert "Generate again" in read(client, brand, released, Role.CREATOR)


def test_viewers_read_the_model_but_not_the_prompt(client: Client, brand: Brand, released: Version) -> None:
    text = read(client, brand, released, Role.VIEWER)
    assert "Test model" in text
    assert "A red ball" not in text


def test_an_upload_says_who_brought_it_in(client: Client, brand: Brand) -> None:
    version = VersionFactory.create(asset__brand=brand, filename="beach.mov")
    assert "beach.mov" in read(client, brand, version, Role.CREATOR)


def test_what_a_person_may_not_see_has_no_origin(client: Client, brand: Brand) -> None:
    draft = VersionFactory.create(asset__brand=brand)
    client.force_login(member(brand, Role.VIEWER).user)
    assert client.get(reverse("asset-origin", args=[brand.slug, draft.asset_id])).status_code == 404


def test_an_asset_of_another_brand_has_no_origin(client: Client, brand: Brand, released: Version) -> None:
    other = BrandFactory.create()
    client.force_login(member(other, Role.ADMIN).user)
    assert client.get(reverse("asset-origin", args=[other.slug, released.asset_id])).status_code == 404
