"""The tabs of the Generate page and their slots: what is offered, chosen, refused and kept."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import AssetKind, Version
from generation import jobs, sources
from generation.generators.modes import MODES, Mode
from generation.models import GenerationJob
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.generation.models import CARD, write_card
from tests.integration.generation.test_sources import brief
from tests.integration.generation.test_studio import address, finished, form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _model(tmp_path: Path, settings: Any) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))


@pytest.fixture
def page(client: Client, creator: Member) -> Client:
    client.force_login(creator.user)
    return client


@pytest.fixture
def film(brand: Brand) -> Version:
    made: Version = VersionFactory.create(asset__brand=brand, asset__title="Bottle")
    return made


@pytest.fixture
def picture(brand: Brand) -> Version:
    made: Version = VersionFactory.create(
        asset__brand=brand,
        asset__title="Label",
        kind=AssetKind.STILL,
        content_type="image/png",
        duration_ms=None,
    )
    return made


def shown(page: Client, brand: Brand, **query: str) -> str:
    return page.get(address("generate", brand), query).content.decode()


@pytest.mark.parametrize("mode", Mode)
def test_each_tab_opens_by_its_address_and_can_be_sent(
    mode: Mode, page: Client, brand: Brand, film: Version
) -> None:
    text = shown(page, brand, mode=mode)
    assert f'name="mode" value="{mode}"' in text
    chosen = {f"source_{slot.role}": str(film.pk) for slot in MODES[mode].slots}
    settings = {"strength": 40, "left": 10, "top": 20, "width": 30, "height": 40}
    answer = page.post(address("generate", brand), form(mode=mode, frames=17, **chosen, **settings))
    assert answer.status_code == 302, answer.content.decode()
    job = GenerationJob.objects.get()
    assert job.mode == mode
    assert [each["version"] for each in job.guides.get("sources", [])] == list(chosen.values())
    assert job.guides.get("strength") == (0.4 if mode is Mode.RESTYLE else None)
    assert job.guides.get("region") == ([0.1, 0.2, 0.3, 0.4] if mode is Mode.EDIT else None)


def test_a_brief_without_a_mode_is_one_of_words(page: Client, brand: Brand) -> None:
    page.post(address("generate", brand), form())
    job = GenerationJob.objects.get()
    assert (job.mode, job.guides) == ("text", {})


def test_a_mode_that_nobody_knows_is_no_page(page: Client, brand: Brand) -> None:
    assert page.get(address("generate", brand), {"mode": "dream"}).status_code == 404
    answer = page.post(address("generate", brand), form(mode="dream"))
    assert answer.status_code == 422
    assert not GenerationJob.objects.exists()


def test_what_is_missing_is_said_at_its_slot(page: Client, brand: Brand, film: Version) -> None:
    answer = page.post(address("generate", brand), form(mode="frames", source_first=str(film.pk)))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Choose a clip or image from the library" in text.split('id="slot-last-error"')[1][:400]
    assert f'id="source_first-{film.pk}"' in text
    assert "checked" in text.split(f'id="source_first-{film.pk}"')[1].split(">")[0]


def test_a_tab_that_the_model_doesnt_have_is_off(
    page: Client, brand: Brand, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CARD, "modes", ["text", "image"])
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "plain"))
    text = shown(page, brand)
    assert 'id="tab-image"' in text
    assert 'id="tab-extend"' not in text
    assert "brief-tab-off" in text
    answer = page.post(address("generate", brand), form(mode="extend"))
    assert answer.status_code == 422
    assert "can&#x27;t do that" in answer.content.decode()


def test_a_card_of_an_older_release_means_words_alone(
    page: Client, brand: Brand, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(CARD, "modes")
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "old"))
    assert 'id="tab-image"' not in shown(page, brand)


def test_a_link_brings_its_clip_along(page: Client, brand: Brand, film: Version) -> None:
    text = shown(page, brand, mode="extend", source=str(film.pk))
    assert "checked" in text.split(f'id="source_source-{film.pk}"')[1].split(">")[0]


def test_another_tab_keeps_what_was_typed_and_chosen(page: Client, brand: Brand, film: Version) -> None:
    typed = {"prompt": "a red ball", "keep_seed": "on", "seed": "77", "steps": "23", "guidance": "4.5"}
    settings = {"size": "80x128", "takes": "3", "strength": "81", "at_source": "0.5"}
    text = shown(page, brand, mode="restyle", source_source=str(film.pk), **typed, **settings)
    assert "a red ball</textarea>" in text
    for name, value in (("seed", 77), ("steps", 23), ("guidance", 4.5), ("strength", 81), ("at_source", 0.5)):
        assert f'value="{value}"' in text.split(f'name="{name}"')[1].split(">")[0]
    for chosen in (
        f'id="source_source-{film.pk}"',
        'value="80x128"',
        'name="takes" value="3"',
        'name="keep_seed"',
    ):
        assert "checked" in text.split(chosen)[1].split(">")[0]


def test_a_next_version_stays_one_take_whatever_was_typed(page: Client, brand: Brand, film: Version) -> None:
    text = shown(page, brand, mode="text", asset=str(film.asset_id), takes="3")
    assert '<input type="hidden" name="takes" value="1" />' in text


def offered(page: Client, brand: Brand, **query: str) -> list[UUID]:
    text = page.get(address("generate-sources", brand), query).content.decode()
    return [UUID(part[:36]) for part in text.split('value="')[1:] if len(part) > 36 and part[36] == '"']


def test_a_slot_offers_what_may_stand_there(
    page: Client, brand: Brand, film: Version, picture: Version
) -> None:
    assert offered(page, brand, mode="extend", role="source") == [film.pk]
    assert offered(page, brand, mode="image", role="first") == [picture.pk, film.pk]


def test_a_slot_finds_by_title_and_keeps_what_is_chosen(
    page: Client, brand: Brand, film: Version, picture: Version
) -> None:
    found = {"mode": "image", "role": "first", "words": "lab"}
    assert offered(page, brand, **found) == [picture.pk]
    assert offered(page, brand, **found, source_first=str(film.pk)) == [film.pk, picture.pk]
    assert (
        "No clip matches"
        in page.get(address("generate-sources", brand), found | {"words": "zzz"}).content.decode()
    )


def test_nothing_of_another_brand_or_of_the_trash_is_offered(
    page: Client, brand: Brand, film: Version
) -> None:
    VersionFactory.create(asset__brand=BrandFactory.create())
    film.asset.trashed_at = film.created_at
    film.asset.save()
    assert offered(page, brand, mode="extend", role="source") == []


def test_a_clip_of_another_brand_is_not_taken(page: Client, brand: Brand) -> None:
    foreign = VersionFactory.create(asset__brand=BrandFactory.create(), asset__title="Secret")
    answer = page.post(address("generate", brand), form(mode="extend", source_source=str(foreign.pk)))
    assert answer.status_code == 422
    assert "Secret" not in answer.content.decode()
    assert "Secret" not in shown(page, brand, mode="extend", source=str(foreign.pk))


def test_words_for_a_slot_work_without_script(
    page: Client, brand: Brand, film: Version, picture: Version
) -> None:
    text = page.get(address("generate", brand), {"mode": "frames", "words": ["lab", ""]}).content.decode()
    first, last = text.split('id="offered-first"')[1].split('id="offered-last"')
    assert "Label" in first
    assert "Bottle" not in first
    assert "Bottle" in last


def test_a_take_says_what_it_began_with_and_can_be_asked_for_again(
    page: Client, brand: Brand, creator: Member, film: Version
) -> None:
    job = jobs.request(by=creator, brief=brief(Mode.EXTEND, {"source": film}))[0]
    text = shown(page, brand)
    assert 'dir="auto">Bottle</a>' in text.split("brief-begun")[1]
    again = shown(page, brand, **{"from": str(job.pk)})
    assert 'name="mode" value="extend"' in again
    assert "checked" in again.split(f'id="source_source-{film.pk}"')[1].split(">")[0]


def test_more_like_it_begins_with_the_same(
    page: Client, brand: Brand, creator: Member, film: Version
) -> None:
    job = jobs.request(by=creator, brief=brief(Mode.EXTEND, {"source": film}))[0]
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    finished(claimed)
    page.post(address("job-more", brand, job.pk), {"key": str(uuid4())})
    again = GenerationJob.objects.exclude(pk=job.pk).get()
    assert (again.mode, again.guides["sources"]) == ("extend", job.guides["sources"])


def test_more_like_it_of_a_source_that_is_gone_says_so(
    page: Client, brand: Brand, creator: Member, film: Version
) -> None:
    job = jobs.request(by=creator, brief=brief(Mode.EXTEND, {"source": film}))[0]
    film.asset.trashed_at = film.created_at
    film.asset.save()
    assert sources.again(job, by=creator) == ()
    answer = page.post(address("job-more", brand, job.pk), {"key": str(uuid4())}, follow=True)
    assert "Choose a clip or image from the library" in answer.content.decode()
    assert GenerationJob.objects.count() == 1


def test_the_origin_of_a_clip_names_its_sources_to_those_who_may_know(
    client: Client, brand: Brand, creator: Member, film: Version
) -> None:
    job = jobs.request(by=creator, brief=brief(Mode.EXTEND, {"source": film}))[0]
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    made = finished(claimed)
    client.force_login(creator.user)
    where = address("asset-origin", brand, made.asset_id)
    assert "Bottle" in client.get(where).content.decode()
    client.force_login(member(brand, Role.VIEWER).user)
    assert "Bottle" not in client.get(where).content.decode()


def test_the_number_of_queries_doesnt_grow_with_the_library(
    page: Client, brand: Brand, film: Version, django_assert_max_num_queries: Any
) -> None:
    VersionFactory.create_batch(12, asset__brand=brand)
    page.get(address("generate", brand), {"mode": "frames"})
    with django_assert_max_num_queries(40) as few:
        page.get(address("generate", brand), {"mode": "frames"})
    VersionFactory.create_batch(12, asset__brand=brand)
    with django_assert_max_num_queries(len(few)):
        page.get(address("generate", brand), {"mode": "frames"})
