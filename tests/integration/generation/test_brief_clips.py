"""A brief that is filled in from a signed clip."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from generation import kits, runner
from generation.generators import loading
from generation.kits import KitWish
from generation.models import GenerationJob
from provenance.manifests import signing, tasks, verify
from provenance.manifests.claims import ModelFacts
from tests import claim_factory, forgery
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.generation.models import FakeGenerator, write_card
from tests.media_factory import clip

pytestmark = pytest.mark.django_db

PARAMETERS = {"steps": 12, "guidance": 4.5, "frames": 33, "frames_generated": 33, "width": 80, "height": 128}


@pytest.fixture(autouse=True)
def _ready(servers: None, tmp_path: Path, settings: Any) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))
    settings.SIGNING_DIR = tmp_path / "signing"
    settings.STORAGE = str(tmp_path / "storage")
    cache.clear()


@pytest.fixture
def page(client: Client, creator: Member) -> Client:
    client.force_login(creator.user)
    return client


def signed(tmp_path: Path, **facts: Any) -> Path:
    out = tmp_path / "take.mp4"
    facts = {"parameters": PARAMETERS, "prompt_disclosure": "text"} | facts
    signing.sign_generated(clip(tmp_path / "clip.mp4"), out=out, facts=claim_factory.generated(**facts))
    return out


def send(page: Client, brand: Brand, content: bytes, **more: str) -> Any:
    data = {"file": SimpleUploadedFile("take.mp4", content), **more}
    return page.post(reverse("generate-clips", args=[brand.slug]), data)


def filled(page: Client, brand: Brand, path: Path, **more: str) -> Any:
    """The answer once the file is read: the brief, or why there is none."""
    answer = send(page, brand, path.read_bytes(), **more)
    assert answer.status_code == 302
    address = str(answer["Location"])
    tasks.verify_file(urlsplit(address).path.rstrip("/").rpartition("/")[2])
    return page.get(address, follow=True)


def value(answer: Any, name: str) -> Any:
    return answer.context["form"][name].value()


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_what_the_file_says_stands_in_the_brief(page: Client, brand: Brand, tmp_path: Path) -> None:
    answer = filled(page, brand, signed(tmp_path))
    assert value(answer, "prompt") == "a red kite over the sea"
    assert (value(answer, "keep_seed"), value(answer, "seed")) == (True, 7)
    assert (value(answer, "steps"), value(answer, "guidance")) == (12, 4.5)
    assert (value(answer, "size"), value(answer, "frames")) == ("80x128", 33)
    assert "Filled in from “take.mp4”, signed by" in said(answer)
    assert answer.context["lacking"] == []


def test_a_prompt_out_of_a_file_is_whole_so_the_brands_kit_adds_nothing(
    page: Client, brand: Brand, tmp_path: Path
) -> None:
    kits.change(KitWish(prefix="A drawing of"), by=member(brand, Role.ADMIN), revision=0)
    answer = filled(page, brand, signed(tmp_path, typed_prompt="a red kite"))
    assert value(answer, "prompt") == "a red kite over the sea"
    assert not answer.context["kit"].on
    assert answer.context["forecast"].whole is None


def test_a_prompt_that_stays_in_the_brand_is_left_to_whoever_asks(
    page: Client, brand: Brand, tmp_path: Path
) -> None:
    answer = filled(page, brand, signed(tmp_path, prompt_disclosure="hash"))
    assert (value(answer, "prompt"), value(answer, "seed")) == ("", 7)
    assert "only a hash of its prompt" in said(answer)


def test_what_this_model_cannot_do_is_said(page: Client, brand: Brand, tmp_path: Path) -> None:
    model = ModelFacts(name="Grand", version="9", weights_sha256="12" * 32)
    parameters = PARAMETERS | {"width": 1920, "height": 1080, "steps": 900, "frames_generated": 240}
    answer = filled(page, brand, signed(tmp_path, model=model, parameters=parameters))
    assert (value(answer, "size"), value(answer, "steps")) == ("128x80", 40)
    assert "made with Grand 9, which isn&#x27;t used here" in said(answer)
    assert len(answer.context["lacking"]) == 3


def test_sources_are_found_in_the_library_by_their_bytes(
    page: Client, brand: Brand, creator: Member, tmp_path: Path
) -> None:
    source = VersionFactory.create(asset__brand=brand, sha256="ef" * 32)
    foreign = VersionFactory.create(asset__brand=BrandFactory.create(), sha256="ef" * 32)
    facts = {"mode": "extend", "sources": (claim_factory.source("source", "componentOf"),)}
    answer = filled(page, brand, signed_from(tmp_path, facts))
    assert answer.context["form"].begins == "extend"
    assert value(answer, "source_source") == str(source.pk) != str(foreign.pk)
    source.delete()
    again = page.get(f"{reverse('generate', args=[brand.slug])}?{answer.request['QUERY_STRING']}")
    assert value(again, "source_source") is None
    assert "A file that it was made from isn&#x27;t in this library." in said(again)


def signed_from(tmp_path: Path, facts: dict[str, Any]) -> Path:
    out, plain = tmp_path / "take.mp4", clip(tmp_path / "clip.mp4")
    made = claim_factory.generated(parameters=PARAMETERS, prompt_disclosure="text", **facts)
    signing.sign_generated(plain, out=out, facts=made, sources=[plain])
    return out


@pytest.fixture
def take(job: GenerationJob, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clip that was made here, whose prompt the brand keeps to itself."""
    monkeypatch.setattr(loading, "load", lambda folder: FakeGenerator())
    job.brand.prompt_disclosure = "hash"
    job.brand.save()
    version = runner.make(job.pk)
    assert version is not None
    return Path(project.STORAGE, version.storage_key)


def test_a_take_of_this_library_brings_its_whole_brief_back(
    page: Client, brand: Brand, job: GenerationJob, take: Path
) -> None:
    answer = filled(page, brand, take)
    assert (value(answer, "prompt"), value(answer, "seed")) == (job.prompt, job.seed)
    assert (value(answer, "size"), value(answer, "frames")) == ("128x80", job.frames)
    assert "which was made in this library" in said(answer)


def test_another_brand_learns_no_more_than_the_file_says(page: Client, take: Path) -> None:
    other = BrandFactory.create()
    page.force_login(member(other).user)
    answer = filled(page, other, take)
    assert (value(answer, "prompt"), value(answer, "seed"), value(answer, "size")) == ("", 7, "128x80")


def test_a_stranger_who_names_a_take_of_ours_gets_nothing_of_it(
    page: Client, brand: Brand, job: GenerationJob, tmp_path: Path
) -> None:
    facts = claim_factory.generated(job_id=str(job.pk), prompt="His own words", prompt_disclosure="text")
    out = tmp_path / "his.mp4"
    with forgery.authority(tmp_path / "ca", organisation="Northwind", name="Northwind"):
        signing.sign_generated(clip(tmp_path / "clip.mp4"), out=out, facts=facts)
    answer = filled(page, brand, out)
    assert value(answer, "prompt") == "His own words"
    assert "Nothing proves who signed it" in said(answer)


def test_a_file_without_a_making_says_so_and_leads_to_its_verdict(
    page: Client, brand: Brand, tmp_path: Path
) -> None:
    answer = filled(page, brand, clip(tmp_path / "clip.mp4"))
    assert "“take.mp4” doesn't say how it was made" in said(answer)
    assert "/verify/" in said(answer)


def test_the_page_waits_and_then_goes_to_the_brief_of_the_next_version(
    page: Client, brand: Brand, creator: Member, tmp_path: Path
) -> None:
    first = VersionFactory.create(asset__brand=brand, asset__created_by=creator.user)
    answer = send(page, brand, signed(tmp_path).read_bytes(), asset=str(first.asset_id))
    address = str(answer["Location"])
    check_id = urlsplit(address).path.rstrip("/").rpartition("/")[2]
    waiting = page.get(address)
    assert "Reading “take.mp4”" in said(waiting)
    assert "no-store" in waiting["Cache-Control"]
    tasks.verify_file(check_id)
    done = page.get(address, HTTP_HX_REQUEST="true")
    assert done["HX-Redirect"].endswith(f"?clip={check_id}&asset={first.asset_id}")
    assert "becomes the next version of" in said(page.get(done["HX-Redirect"]))


def test_it_is_refused_with_a_sentence(page: Client, brand: Brand, settings: Any) -> None:
    assert "Choose a file first." in said(page.post(reverse("generate-clips", args=[brand.slug])))
    assert "This file is empty." in said(send(page, brand, b""))
    settings.VERIFY_MAX_BYTES = 3
    assert "The file is 4" in said(send(page, brand, b"1234"))
    settings.VERIFY_MAX_BYTES, settings.VERIFY_PER_HOUR = 1000, 0
    limited = send(page, brand, b"1234")
    assert (limited.status_code, "hourly limit" in said(limited)) == (429, True)
    settings.VERIFY_SPOOL_BYTES = 0
    full = send(page, brand, b"1234")
    assert (full.status_code, "out of disk space" in said(full)) == (507, True)


def test_a_file_that_is_gone_or_failed_is_asked_for_again(
    page: Client, brand: Brand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = page.get(reverse("generate-clip", args=[brand.slug, "none"]))
    assert (gone.status_code, "Choose it again" in said(gone)) == (404, True)
    waiting = page.get(reverse("generate-clip", args=[brand.slug, "none"]), HTTP_HX_REQUEST="true")
    assert (waiting.status_code, "Choose it again" in said(waiting)) == (200, True)
    answer = send(page, brand, clip(tmp_path / "clip.mp4").read_bytes())
    monkeypatch.setattr(verify, "check", lambda *_args, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.verify_file(urlsplit(str(answer["Location"])).path.rstrip("/").rpartition("/")[2])
    assert "couldn&#x27;t be read right now" in said(page.get(answer["Location"]))


def test_an_address_of_a_clip_that_was_read_too_long_ago_leads_to_an_empty_brief(
    page: Client, brand: Brand
) -> None:
    answer = page.get(f"{reverse('generate', args=[brand.slug])}?clip=none")
    assert (answer.status_code, value(answer, "prompt")) == (200, None)
