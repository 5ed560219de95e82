"""From a remark on a clip to the brief that does what it asks for."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.catalog.models import AssetKind, Version
from generation.models import GenerationJob
from provenance.review.models import Comment
from tests.factories import BrandFactory, VersionFactory
from tests.integration.generation.models import write_card

pytestmark = pytest.mark.django_db

CIRCLED = {
    "v": 1,
    "shapes": [
        {"kind": "ellipse", "colour": "red", "width": 0.01, "points": [[0.2, 0.2], [0.6, 0.7]]},
        {"kind": "text", "colour": "red", "width": 0.05, "points": [[0.7, 0.1]], "text": "here"},
    ],
}


@pytest.fixture(autouse=True)
def _ready(client: Client, creator: Member, tmp_path: Path, settings: Any) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))
    client.force_login(creator.user)


@pytest.fixture
def film(brand: Brand) -> Version:
    made: Version = VersionFactory.create(
        asset__brand=brand, duration_ms=10_000, frame_count=250, rate_numerator=25, rate_denominator=1
    )
    return made


def comment(film: Version, author: Member, **given: Any) -> Comment:
    usual = {"body": "Make the label\nblue", "frame": 50, "drawing": CIRCLED}
    return Comment.objects.create(version=film, author=author.user, **{**usual, **given})


def test_a_remark_fills_the_brief_in_and_can_be_sent(
    client: Client, brand: Brand, creator: Member, film: Version, sent: list[str]
) -> None:
    made = comment(film, creator)
    answer = client.get(reverse("generate-from-comment", args=[brand.slug, made.pk]))
    assert answer.status_code == 302
    said = {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}
    assert (said["mode"], said["prompt"], said["at_source"]) == ("edit", "Make the label blue", "2")
    page = client.get(answer["Location"]).content.decode()
    assert ">Make the label blue</textarea>" in page
    assert "checked" in page.split(f'id="source_source-{film.pk}"')[1].split(">")[0]
    key = page.split('name="key" value="')[1].split('"')[0]
    form = {"key": key, "size": "128x80", "takes": 1, "steps": 8, "guidance": 3.0, "strength": 50}
    form |= {name: said[name] for name in ("mode", "prompt", "frames", "at_source")}
    form |= {name: said[name] for name in ("left", "top", "width", "height")}
    answer = client.post(reverse("generate", args=[brand.slug]), form | {"source_source": film.pk})
    assert answer.status_code == 302
    job = GenerationJob.objects.get()
    assert (job.mode, job.guides["region"]) == ("edit", [0.17, 0.17, 0.46, 0.56])
    assert job.guides["sources"][0]["at"] == 2.0


def test_the_clips_page_offers_it_to_who_generates(
    client: Client, brand: Brand, creator: Member, film: Version
) -> None:
    made = comment(film, creator)
    shown = client.get(reverse("comments", args=[brand.slug, film.pk])).content.decode()
    assert reverse("generate-from-comment", args=[brand.slug, made.pk]) in shown


@pytest.mark.parametrize("kind", [AssetKind.STILL, AssetKind.SOUND])
def test_what_isnt_a_video_isnt_worked_over_so(
    client: Client, brand: Brand, creator: Member, film: Version, kind: AssetKind
) -> None:
    Version.objects.filter(pk=film.pk).update(kind=kind)
    address = reverse("generate-from-comment", args=[brand.slug, comment(film, creator).pk])
    assert client.get(address).status_code == 404


def test_a_remark_elsewhere_isnt_there(client: Client, brand: Brand, creator: Member) -> None:
    other = VersionFactory.create(asset__brand=BrandFactory.create())
    address = reverse("generate-from-comment", args=[brand.slug, comment(other, creator).pk])
    assert client.get(address).status_code == 404


def test_whom_it_is_addressed_to_is_no_part_of_the_prompt(
    client: Client, brand: Brand, creator: Member, film: Version
) -> None:
    """Prompts are signed into the clip, and people's names stay out of it."""
    User.objects.filter(pk=creator.user.pk).update(name="Ada Lovelace")
    made = comment(film, creator, body="@ada  lovelace, make the label blue, not @home. @Ada Lovelace: now")
    answer = client.get(reverse("generate-from-comment", args=[brand.slug, made.pk]))
    said = parse_qs(urlsplit(answer["Location"]).query)
    assert said["prompt"] == ["make the label blue, not @home. now"]


def test_a_remark_that_is_too_long_is_not_cut_in_silence(
    client: Client, brand: Brand, creator: Member, film: Version
) -> None:
    def page(body: str) -> str:
        address = reverse("generate-from-comment", args=[brand.slug, comment(film, creator, body=body).pk])
        return client.get(address, follow=True).content.decode()

    assert "longer than a prompt" not in page("x" * 1000)
    assert "only its first 1,000 characters are in it" in page("x" * 1001)


def test_a_longer_name_that_begins_alike_stays_whole(
    client: Client, brand: Brand, creator: Member, film: Version
) -> None:
    User.objects.filter(pk=creator.user.pk).update(name="Sam")
    made = comment(film, creator, body="Like the bottle by @Samantha. @Sam, make it blue. (@Sam)")
    answer = client.get(reverse("generate-from-comment", args=[brand.slug, made.pk]))
    said = parse_qs(urlsplit(answer["Location"]).query)
    assert said["prompt"] == ["Like the bottle by @Samantha. make it blue. (@Sam)"]
