"""A generator comes from the hub by one press: resumed, checked, whole or not at all; then it makes clips."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.core import fetching, tasks
from dam.core.model_hub import RemoteFile
from dam.models import ModelRecord
from generation import model_fetches, model_register
from generation import tasks as generation_tasks
from generation.generators import loading, published
from generation.generators.base import VideoRequest
from generation.model_fetches import FetchRefused
from generation.models import ModelFetch
from generation.states import FetchState
from tests import model_hub as fake
from tests import tiny_wan
from tests.factories import member
from tests.made_clips import clip
from tests.model_hub import COMMIT, Hub

pytestmark = [pytest.mark.django_db, pytest.mark.model]
WAN = published.STARTERS[0].repository


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_wan.write(tmp_path_factory.mktemp("published") / "wan")


@pytest.fixture
def hub(folder: Path, tmp_path: Path, settings: Any) -> Iterator[Hub]:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    files |= {"README.md": b"# Wan", "assets/logo.png": b"png", "assets/facts.json": b"{}"}
    with fake.running(Hub(files={WAN: files}, cards={WAN: {"license": "apache-2.0"}})) as running:
        settings.MODEL_HUB, settings.MODELS_DIR = running.url, tmp_path / "models"
        yield running


@pytest.fixture
def operator(brand: Brand) -> Member:
    return member(brand, Role.ADMIN, is_superuser=True)


def now(fetch: ModelFetch) -> ModelFetch:
    return ModelFetch.objects.get(pk=fetch.pk)


def test_a_model_is_cut_in_the_middle_resumed_checked_and_makes_clips(hub: Hub, operator: Member) -> None:
    fetch = model_fetches.start(WAN, by=operator)
    hub.breaks_after = [1500]
    assert model_fetches.run(seconds=0)  # a turn that is over with the first piece
    there = now(fetch)
    assert (there.state, there.revision, there.held_until) == (FetchState.FETCHING, COMMIT, None)
    assert 0 < there.done_bytes < there.total_bytes
    assert model_register.with_weights("x") is None
    assert [each.name for each in published.home().iterdir() if not each.name.startswith(".")] == []
    while model_fetches.run(seconds=60) and now(fetch).state not in (FetchState.DONE, FetchState.FAILED):
        pass
    there = now(fetch)
    assert (there.state, there.reason) == (FetchState.DONE, "")
    assert any(asked.startswith("bytes=") for _path, asked in hub.asked)
    assert not any("README" in path or "assets" in path for path, _asked in hub.asked)
    record = ModelRecord.objects.get(weights_sha256=there.weights_sha256)
    assert (record.source, record.revision, record.licence) == (WAN, COMMIT, "Apache-2.0")
    found = model_register.with_weights(there.weights_sha256)
    assert found is not None
    assert found in model_register.choices()
    generator = loading.load(found.folder)
    assert generator.identity.weights_sha256 == there.weights_sha256
    can = generator.capabilities
    width, height = min(can.sizes)
    request = VideoRequest(
        prompt="a red ball",
        negative_prompt="",
        seed=1,
        frames=can.min_frames,
        width=width,
        height=height,
        frame_rate=can.frame_rate,
        steps=1,
        guidance=1.0,
    )
    frames = clip(generator, request, on_step=lambda *, done, total, preview: None)
    assert frames.shape == (can.min_frames, height, width, 3)
    verbs = Event.objects.filter(verb__startswith="model.").order_by("sequence")
    assert list(verbs.values_list("verb", flat=True)) == ["model.fetch_asked", "model.fetched"]


def test_a_repository_that_names_foreign_code_is_refused_before_its_weights_come(
    hub: Hub, operator: Member
) -> None:
    index = json.loads(hub.files[WAN]["model_index.json"])
    index["vae"] = ["evil", "Module"]
    hub.files[WAN]["model_index.json"] = json.dumps(index).encode()
    fetch = model_fetches.start(WAN, by=operator)
    assert model_fetches.run()
    assert now(fetch).state == FetchState.FAILED
    assert "not trusted" in now(fetch).reason
    assert not any(path.endswith(".safetensors") for path, _asked in hub.asked)
    assert not published.folder_of(WAN).exists()


def test_weights_that_can_carry_code_are_not_fetched(hub: Hub, operator: Member) -> None:
    weights = next(
        name for name in hub.files[WAN] if name.startswith("vae/") and name.endswith(".safetensors")
    )
    hub.files[WAN][weights.replace(".safetensors", ".bin")] = hub.files[WAN].pop(weights)
    fetch = model_fetches.start(WAN, by=operator)
    model_fetches.run()
    assert "no safetensors weights of its vae" in now(fetch).reason


def test_other_bytes_than_promised_leave_no_model(hub: Hub, operator: Member) -> None:
    fetch = model_fetches.start(WAN, by=operator)
    model_fetches.run(seconds=0)
    hub.lies = True
    while model_fetches.run(seconds=60) and now(fetch).state != FetchState.FAILED:
        pass
    assert "other contents than the hub promised" in now(fetch).reason
    assert not published.folder_of(WAN).exists()


def test_a_disk_that_is_too_full_is_seen_first(
    hub: Hub, operator: Member, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    fetch = model_fetches.start(WAN, by=operator)
    model_fetches.run()
    assert "GB" in now(fetch).reason
    assert not any(path.endswith(".safetensors") for path, _asked in hub.asked)


def test_it_is_cancelled_and_goes_on_another_time(hub: Hub, operator: Member) -> None:
    fetch = model_fetches.start(WAN, by=operator)
    with pytest.raises(FetchRefused):
        model_fetches.start(WAN, by=operator)
    model_fetches.run(seconds=0)
    assert model_fetches.cancel(fetch, by=operator)
    assert not model_fetches.cancel(fetch, by=operator)
    assert not model_fetches.run()
    assert now(fetch).state == FetchState.CANCELLED
    again = model_fetches.start(WAN, by=operator)
    while model_fetches.run(seconds=60) and now(again).state != FetchState.DONE:
        pass
    with pytest.raises(FetchRefused):
        model_fetches.start(WAN, by=operator)


def test_one_whose_worker_died_is_taken_up_again(hub: Hub, operator: Member) -> None:
    fetch = model_fetches.start(WAN, by=operator)
    at = timezone.now()
    ModelFetch.objects.update(state=FetchState.FETCHING, held_until=at + timedelta(minutes=2))
    assert not model_fetches.run(at=at)
    assert model_fetches.run(seconds=0, at=at + timedelta(minutes=3))
    assert now(fetch).done_bytes > 0


def test_only_who_runs_the_installation_gets_models_and_only_those_of_the_list(
    hub: Hub, brand: Brand, operator: Member
) -> None:
    with pytest.raises(PermissionDenied):
        model_fetches.start(WAN, by=member(brand, Role.ADMIN))
    with pytest.raises(FetchRefused) as refused:
        model_fetches.start("somebody/else", by=operator)
    assert refused.value.code == "unknown"


def test_the_token_goes_to_the_hub_alone(hub: Hub, settings: Any) -> None:
    settings.MODEL_HUB_TOKEN = "secret"
    offer = published.look_up(WAN)
    assert offer.files
    assert {path.startswith("/elsewhere/") for path in hub.with_token} == {False}
    assert hub.with_token


def test_one_chain_of_turns_is_enough(hub: Hub, operator: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    model_fetches.start(WAN, by=operator)
    follow = Mock()
    monkeypatch.setattr(tasks, "enqueue", follow)
    model_fetches.cache.clear()  # of what other tests fetched
    turns = Mock(wraps=model_fetches.run)
    monkeypatch.setattr(model_fetches, "run", turns)
    generation_tasks.fetch_models()
    follow.assert_any_call(model_fetches.TASK, follows=True)
    generation_tasks.fetch_models()  # the schedule's, while turns follow one another
    assert turns.call_count == 1
    ModelFetch.objects.update(state=FetchState.CANCELLED)
    generation_tasks.fetch_models(follows=True)
    assert not model_fetches.is_going_on()


def test_weights_without_a_sum_are_not_taken(tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.write_bytes(b"weights")
    assert not fetching._is_right(RemoteFile("transformer/model.safetensors", "", 7), part)
    assert fetching._is_right(RemoteFile("model_index.json", "", 7), part)
