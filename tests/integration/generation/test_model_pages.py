"""Administration → Models: what each model's licence means here, and what people record of it."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.models import ModelReading, ModelRecord
from dam.rights.model_licences import standings
from dam.rights.model_licences.standings import Weights
from generation import chosen, jobs, model_register, model_removal, runner
from generation.generators import loading, published, source
from generation.generators.source import Source
from generation.model_removal import NotRemoved
from generation.models import GenerationJob, ModelFetch
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.generation.briefs import BRIEF
from tests.integration.generation.models import CARD, FakeGenerator, write_card

pytestmark = pytest.mark.django_db
WAN = published.STARTERS[0].repository
HUNYUAN = Weights(sha256="c" * 64, name="Hunyuan", licence="tencent-hunyuan-community")


@pytest.fixture(autouse=True)
def _model(tmp_path: Path, settings: Any) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))


@pytest.fixture
def page(client: Client, brand: Brand) -> Client:
    client.force_login(member(brand, Role.ADMIN, is_superuser=True).user)
    return client


def address(brand: Brand, weights: str, *more: object) -> str:
    return reverse(
        "administration-model-reading-end" if more else "administration-model",
        args=[brand.slug, weights, *more],
    )


def test_a_model_in_use_has_a_page_before_it_made_anything(page: Client, brand: Brand) -> None:
    listed = page.get(reverse("administration-models", args=[brand.slug])).content.decode()
    weights = str(CARD["weights_sha256"])
    assert address(brand, weights) in listed
    text = page.get(address(brand, weights)).content.decode()
    assert "Apache License 2.0" in text
    assert "Licence cleared" in text
    assert not ModelRecord.objects.exists()
    assert page.get(address(brand, "f" * 64)).status_code == 404


def test_an_answer_is_recorded_and_taken_back(page: Client, brand: Brand) -> None:
    weights = str(CARD["weights_sha256"])
    sent = {"cleared": "no", "scope": "brand", "note": "Asked legal on 3 May."}
    assert page.post(address(brand, weights), sent).status_code == 302
    reading = ModelReading.objects.get()
    assert (reading.cleared, reading.brand, reading.note) == (False, brand, "Asked legal on 3 May.")
    text = page.get(address(brand, weights)).content.decode()
    assert "Asked legal on 3 May." in text
    assert "An administrator recorded that it isn&#x27;t cleared." in text
    again = page.post(address(brand, weights), sent)
    assert again.status_code == 422
    assert "Someone has recorded an answer for this already." in again.content.decode()
    page.post(address(brand, weights, reading.pk))
    reading.refresh_from_db()
    assert reading.ended_at is not None
    assert "Withdrawn" in page.get(address(brand, weights)).content.decode()


def test_it_is_said_what_it_means_for_each_brand_that_has_its_clips(page: Client, brand: Brand) -> None:
    other = BrandFactory.create(name="Overseas", country="US")
    for each in (brand, other):
        standings.record(VersionFactory.create(asset__brand=each), HUNYUAN)
    text = page.get(address(brand, HUNYUAN.sha256)).content.decode()
    assert "Licence unclear" in text
    assert "Overseas" in text
    assert "Its clips can&#x27;t be used in the EU, United Kingdom and South Korea." in text
    assert "All but the EU" in text
    assert "1 version was made with it." in " ".join(text.split())
    listed = page.get(reverse("administration-models", args=[brand.slug])).content.decode()
    assert "Other models that made clips" in listed


def test_a_take_that_is_not_for_release_says_so(client: Client, brand: Brand, job: GenerationJob) -> None:
    version = VersionFactory.create(asset__brand=brand, asset__created_by=job.requested_by)
    standings.record(version, HUNYUAN)
    GenerationJob.objects.filter(pk=job.pk).update(version=version, state="done")
    client.force_login(job.requested_by)
    card = client.get(reverse("job", args=[brand.slug, job.pk])).content.decode()
    assert "Not for release" in card
    rights = client.get(
        reverse("asset", args=[brand.slug, version.asset_id]), {"tab": "rights"}
    ).content.decode()
    assert "Hunyuan" in rights
    assert "whose licence isn&#x27;t cleared for this brand" in rights


def test_the_studio_warns_before_a_take_is_made(
    client: Client, brand: Brand, tmp_path: Path, settings: Any
) -> None:
    client.force_login(member(brand).user)
    text = client.get(reverse("generate", args=[brand.slug])).content.decode()
    assert "not for release" not in text
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "other", licence=""))
    text = client.get(reverse("generate", args=[brand.slug])).content.decode()
    assert "Takes made with it are not for release" in text
    assert "Its licence is unknown." in text


def fetched(settings: Any, path: Path, **changed: object) -> str:
    """A second generator, as if it had come from the hub; its weights."""
    settings.MODELS_DIR = path / "models"
    folder = write_card(published.folder_of(WAN), **{"name": "Wan", "weights_sha256": "ef" * 32, **changed})
    source.write(folder, Source(WAN, "0" * 40, "https://hub.example/wan", "Apache-2.0", "ef" * 32))
    return "ef" * 32


def test_generators_are_listed_with_licence_need_and_what_became_of_them(
    page: Client, brand: Brand, tmp_path: Path, settings: Any
) -> None:
    settings.MODELS_DIR = tmp_path / "models"
    models = reverse("administration-models", args=[brand.slug])
    text = page.get(models).content.decode()
    assert WAN in text
    assert "A GPU with 8.2 GB." in text
    page.post(reverse("administration-model-get", args=[brand.slug]), {"repository": WAN})
    fetch = ModelFetch.objects.get()
    ModelFetch.objects.update(state="fetching", done_bytes=1_500_000_000, total_bytes=3_000_000_000)
    text = page.get(reverse("administration-model-starters", args=[brand.slug])).content.decode()
    assert "1.5 of 3.0 GB" in text
    assert "every 5s" in text
    page.post(reverse("administration-model-get-cancel", args=[brand.slug, fetch.pk]))
    ModelFetch.objects.update(state="failed", reason="The disk is full.")
    text = page.get(models).content.decode()
    assert "The disk is full." in text
    assert "Try again" in text


def test_a_brand_begins_with_the_model_that_was_chosen_for_it(
    page: Client, brand: Brand, tmp_path: Path, settings: Any
) -> None:
    weights = fetched(settings, tmp_path)
    assert chosen.of(brand).identity.name == "Test model"
    page.post(reverse("administration-model-use", args=[brand.slug, weights]))
    assert chosen.of(brand).identity.name == "Wan"
    assert chosen.of(BrandFactory.create()).identity.name == "Test model"
    assert (
        "Briefs begin with it"
        in page.get(reverse("administration-models", args=[brand.slug])).content.decode()
    )
    assert Event.objects.get(verb="model.default_chosen").target == "Wan 1"
    shutil.rmtree(published.folder_of(WAN))
    assert chosen.of(brand).identity.name == "Test model"  # what is gone gives way
    page.post(reverse("administration-model-use", args=[brand.slug, weights]))
    assert Event.objects.filter(verb="model.default_chosen").count() == 1


def test_a_brief_is_made_with_the_model_that_was_chosen_in_it(
    client: Client, brand: Brand, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = fetched(settings, tmp_path, sizes=[[64, 48]])
    creator = member(brand)
    client.force_login(creator.user)
    address = reverse("generate", args=[brand.slug])
    assert "Use Wan" in " ".join(client.get(address).content.decode().split())
    text = client.get(address, {"model": weights}).content.decode()
    assert "64x48" in text
    assert "Use Test model" in " ".join(text.split())
    sent = {
        "prompt": "A red ball",
        "size": "64x48",
        "frames": 33,
        "takes": 1,
        "seed": "",
        "steps": 8,
        "guidance": 3,
        "key": "00000000-0000-4000-8000-000000000001",
        "model": weights,
    }
    assert client.post(address, sent).status_code == 302
    job = GenerationJob.objects.get()
    assert job.generator == weights
    loaded: list[Path] = []

    def load(folder: Path) -> FakeGenerator:
        loaded.append(folder)
        return FakeGenerator()

    monkeypatch.setattr(loading, "load", load)
    settings.STORAGE, settings.SCRATCH_DIR = str(tmp_path / "storage"), tmp_path / "scratch"
    runner.make(job.pk)
    assert loaded == [published.folder_of(WAN)]
    shutil.rmtree(published.folder_of(WAN))
    job = GenerationJob.objects.get()
    again = jobs.request(by=creator, brief=BRIEF, generator=weights)[0]
    runner.make(again.pk)
    again.refresh_from_db()
    assert again.reason == "The model that was chosen is no longer installed."


def test_a_model_is_removed_once_nothing_counts_on_it_and_restored_for_a_day(
    page: Client, brand: Brand, tmp_path: Path, settings: Any
) -> None:
    weights, folder = fetched(settings, tmp_path), published.folder_of(WAN)
    remove = reverse("administration-model-remove", args=[brand.slug])
    by = member(brand, Role.ADMIN, is_superuser=True)
    job = jobs.request(by=by, brief=BRIEF, generator=weights)[0]
    chosen.choose(brand, weights, by=by)
    for code in ("waited_for", "default"):
        with pytest.raises(NotRemoved) as refused:
            model_removal.remove(WAN, by=by)
        assert refused.value.code == code
        if code == "waited_for":
            jobs.cancel(job, by=by)
        else:
            page.post(reverse("administration-model-use-own", args=[brand.slug]))
            assert chosen.default(brand) == ""
    usual = settings.GENERATOR_MODEL
    settings.GENERATOR_MODEL = str(folder)
    with pytest.raises(NotRemoved, match="settings name this model"):
        model_removal.remove(WAN, by=by)
    settings.GENERATOR_MODEL = usual
    page.post(remove, {"repository": WAN})
    assert not folder.exists()
    with pytest.raises(NotRemoved):
        model_removal.remove(WAN, by=by)
    assert len(model_register.choices()) == 1
    assert "Restore" in page.get(reverse("administration-models", args=[brand.slug])).content.decode()
    page.post(reverse("administration-model-restore", args=[brand.slug]), {"repository": WAN})
    assert len(model_register.choices()) == 2
    page.post(remove, {"repository": WAN})
    assert model_removal.purge(at=timezone.now()) == 0
    assert model_removal.purge(at=timezone.now() + timedelta(days=2)) == 1
    with pytest.raises(NotRemoved):
        model_removal.restore(WAN, by=by)
    verbs = Event.objects.filter(verb__startswith="model.re").order_by("sequence")
    assert list(verbs.values_list("verb", flat=True)) == ["model.removed", "model.restored", "model.removed"]
    with pytest.raises(PermissionDenied):
        model_removal.remove(WAN, by=member(brand, Role.ADMIN))
