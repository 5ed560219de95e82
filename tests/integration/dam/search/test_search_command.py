"""`manage.py search`: for people and for programs."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.search import indexing, prompt_meanings
from dam.search.encoders import model_card
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.dam.search import seeing
from tests.integration.dam.search.seeing import ColourEncoder, clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(
    brand: Brand, librarian: Member, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., str]:
    """`run("red", "--json")`: what the command writes to standard output."""
    installed = seeing.install(tmp_path)
    monkeypatch.setattr(model_card, "current", lambda: installed)
    monkeypatch.setattr(indexing, "installed", ColourEncoder)

    def run(*arguments: str, **options: Any) -> str:
        out = StringIO()
        call_command("search", *arguments, **{"brand": brand.slug, **options}, stdout=out, stderr=StringIO())
        return out.getvalue()

    return run


def test_a_program_gets_a_list_of_hits(run: Callable[..., str], brand: Brand) -> None:
    asset = clip(brand, "Sunset", colours=["blue", "red", "blue"], filename="sunset.mov")
    assert json.loads(run("red", "--json")) == [
        {
            "asset": str(asset.pk),
            "title": "Sunset",
            "path": "sunset.mov",
            "score": 0.5,
            "moment": {"start": 0.5, "end": 1.0},
        }
    ]


def test_a_file_of_queries_gets_a_list_for_each(
    run: Callable[..., str], brand: Brand, tmp_path: Path
) -> None:
    clip(brand, "Red", colours=["red"])
    clip(brand, "Blue", colours=["blue"])
    queries = tmp_path / "queries.txt"
    queries.write_text("red\n\nblue\ngreen\n")
    found = json.loads(run("--json", queries=queries))
    assert [[hit["title"] for hit in hits] for hits in found] == [["Red"], ["Blue"], []]


def test_a_person_reads_the_moment(run: Callable[..., str], brand: Brand) -> None:
    clip(brand, "Sunset", colours=["blue", "red", "blue"])
    assert "Sunset  0.5–1.0 s" in run("red")


def test_a_person_is_told_that_nothing_matches(run: Callable[..., str]) -> None:
    assert run("red") == "red: no good match\n"


def test_the_limit_holds(run: Callable[..., str], brand: Brand) -> None:
    for _ in range(3):
        clip(brand, colours=["red"])
    assert len(json.loads(run("red", "--json", limit=2))) == 2


def test_clips_of_similar_prompts_come_nearest_first_and_need_no_worker(
    run: Callable[..., str], brand: Brand
) -> None:
    for prompt in ("green and red", "red, green and blue", "blue"):
        version = VersionFactory.create(
            asset__brand=brand, asset__title=prompt, origin="generated", prompt=prompt
        )
        prompt_meanings.write([version], encoder=ColourEncoder(), index=seeing.index())
    found = json.loads(run('prompt_like:"red green"', "--json"))
    assert [hit["title"] for hit in found] == ["green and red", "red, green and blue"]
    assert found[0]["score"] > found[1]["score"]
    assert [hit["title"] for hit in json.loads(run('prompt_like:"red green"', "--json", limit=1))] == [
        "green and red"
    ]


def test_one_may_look_with_a_viewer_s_eyes(run: Callable[..., str], brand: Brand) -> None:
    clip(brand, colours=["red"])
    viewer = member(brand, Role.VIEWER)
    assert json.loads(run("red", "--json", email=viewer.user.email)) == []


def test_an_unknown_brand_names_the_known_ones(run: Callable[..., str], brand: Brand) -> None:
    with pytest.raises(CommandError, match=f"Brands: {brand.slug}"):
        run("red", brand="nowhere")


def test_a_stranger_s_eyes_see_nothing(run: Callable[..., str]) -> None:
    stranger = member(BrandFactory.create())
    with pytest.raises(CommandError, match="isn't a member of"):
        run("red", email=stranger.user.email)


def test_words_or_a_file_but_not_neither(run: Callable[..., str]) -> None:
    with pytest.raises(CommandError, match="either WORDS or --queries"):
        run()


def test_a_file_that_is_not_there_is_named(run: Callable[..., str], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"missing\.txt can't be read"):
        run(queries=tmp_path / "missing.txt")
