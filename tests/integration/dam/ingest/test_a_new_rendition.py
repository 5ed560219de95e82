"""A line in dam.media.specs and a recipe are all that a new kind of rendition takes."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.catalog import stored_files
from dam.catalog.models import RenditionPart, Version
from dam.core import storage
from dam.ingest import renditions, steps, tasks
from dam.ingest.models import Step, StepState
from dam.media import specs
from dam.media.errors import MediaFailed
from dam.media.probe import MediaInfo
from dam.media.recipes import Made, MadeFile
from dam.media.specs import MadeWhen, RenditionSpec
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous")
PARTS = {"one.m4s": b"first", "two.m4s": b"second"}


def stream(master: Path, folder: Path, *, info: MediaInfo) -> Made:
    playlist = folder / "stream.m3u8"
    shutil.copyfile(master, playlist)
    parts = []
    for name, content in PARTS.items():
        (folder / name).write_bytes(content)
        parts.append(MadeFile(folder / name, "video/iso.segment", name))
    return Made(
        MadeFile(playlist, "application/vnd.apple.mpegurl"), (64, 36), tuple(parts), remark="Two parts."
    )


def broken(master: Path, folder: Path, *, info: MediaInfo) -> Made:
    raise MediaFailed("The moon is in the way.")


STREAM = RenditionSpec("stream", "Stream", f"{__name__}.stream", "media", timedelta(minutes=5))


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    extend(monkeypatch, STREAM)


def extend(monkeypatch: pytest.MonkeyPatch, spec: RenditionSpec) -> None:
    known = [each for each in specs.RENDITIONS if each.kind != spec.kind]
    monkeypatch.setattr(specs, "RENDITIONS", (*known, spec))


@pytest.fixture
def version(db: None, clip: Path, info: MediaInfo) -> Iterator[Version]:
    version = VersionFactory.create(media_info=info.to_json())
    kept = storage.put(clip, brand_id=version.brand_id, suffix=".mp4")
    Version.objects.filter(pk=version.pk).update(storage_key=kept.key)
    yield Version.objects.get(pk=version.pk)
    storage.delete(kept.key)


def step(version: Version) -> Step:
    return Step.objects.get(version=version, name="stream")


def test_it_is_made_when_a_clip_arrives(version: Version) -> None:
    steps.begin(version)
    tasks.render(str(version.pk), "stream")
    assert (step(version).state, step(version).reason) == (StepState.DONE, "Two parts.")
    rendition = version.renditions.get(kind="stream")
    assert (rendition.content_type, rendition.width) == ("application/vnd.apple.mpegurl", 64)
    assert set(rendition.parts.values_list("name", flat=True)) == set(PARTS)


def test_made_again_it_has_its_parts_once(version: Version) -> None:
    renditions.make(version, "stream")
    renditions.make(version, "stream")
    assert RenditionPart.objects.count() == len(PARTS)


def of_the_poster(master: Path, folder: Path, *, info: MediaInfo, poster: Path | None) -> Made:
    (folder / "made").write_bytes(poster.read_bytes() if poster else b"none")
    return Made(MadeFile(folder / "made", "text/plain"))


def test_it_is_given_others_that_it_can_use_where_they_are_there(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    extend(monkeypatch, replace(STREAM, recipe=f"{__name__}.of_the_poster", uses=("poster",)))

    def made() -> bytes:
        renditions.make(version, "stream")
        with storage.local_copy(version.renditions.get(kind="stream").storage_key) as path:
            return path.read_bytes()

    assert made() == b"none"
    renditions.make(version, "poster")
    poster = version.renditions.get(kind="poster").storage_key
    with storage.local_copy(poster) as path:
        assert made() == path.read_bytes()
    storage.delete(poster)
    assert made() == b"none"  # it is lost


def test_its_parts_are_no_orphans(version: Version) -> None:
    renditions.make(version, "stream")
    keys = list(RenditionPart.objects.values_list("storage_key", flat=True))
    assert stored_files.unnamed(keys) == []


@pytest.mark.parametrize(("part", "content"), PARTS.items())
def test_its_parts_are_served_like_itself(version: Version, part: str, content: bytes) -> None:
    renditions.make(version, "stream")
    client = Client()
    client.force_login(member(version.brand).user)
    address = reverse("file-part", args=[version.brand.slug, version.pk, "stream", part])
    response = client.get(address)
    assert (b"".join(response), response["Content-Type"]) == (content, "video/iso.segment")
    assert client.get(address.replace(part, "three.m4s")).status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CREATOR, Role.LIBRARIAN])
def test_one_that_is_not_shown_is_working_material(
    version: Version, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    extend(monkeypatch, RenditionSpec("stream", "Stream", STREAM.recipe, "media", STREAM.limit, shown=False))
    renditions.make(version, "stream")
    client = Client()
    person = member(version.brand, role).user
    client.force_login(person)
    address = reverse("file-part", args=[version.brand.slug, version.pk, "stream", "one.m4s"])
    master = reverse("file", args=[version.brand.slug, version.pk, "master"])
    assert client.get(address).status_code == client.get(master).status_code


def test_a_failed_one_is_retried_by_hand(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    extend(monkeypatch, RenditionSpec("stream", "Stream", f"{__name__}.broken", "media", STREAM.limit))
    steps.begin(version)
    tasks.render(str(version.pk), "stream")
    assert (step(version).state, step(version).reason) == (StepState.FAILED, "The moon is in the way.")
    extend(monkeypatch, STREAM)
    client = Client()
    client.force_login(member(version.brand).user)
    client.post(reverse("step-retry", args=[version.brand.slug, version.pk, "stream"]))
    assert step(version).state == StepState.WAITING
    tasks.render(str(version.pk), "stream")
    assert step(version).state == StepState.DONE


def test_one_on_demand_waits_until_somebody_asks(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    on_demand = RenditionSpec(
        "stream", "Stream", STREAM.recipe, "media", STREAM.limit, made=MadeWhen.ON_DEMAND
    )
    extend(monkeypatch, on_demand)
    steps.begin(version)
    assert (step(version).state, step(version).reason) == ("skipped", "Made on request.")
    client = Client()
    client.force_login(member(version.brand).user)
    page = reverse("asset", args=[version.brand.slug, version.asset_id]) + "?tab=files"
    assert "Create" in client.get(page).content.decode()
    client.post(reverse("step-retry", args=[version.brand.slug, version.pk, "stream"]))
    tasks.render(str(version.pk), "stream")
    assert step(version).state == StepState.DONE


def test_a_failure_leaves_no_file_that_no_row_names(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MediaFailed("No.")

    monkeypatch.setattr("dam.catalog.versions.keep_rendition", fail)
    before = {entry.key for entry in storage.entries(str(version.brand_id))}
    with pytest.raises(MediaFailed):
        renditions.make(version, "stream")
    assert {entry.key for entry in storage.entries(str(version.brand_id))} == before
    assert storage.exists(version.storage_key)


def test_every_kind_has_a_recipe_a_lane_and_an_address() -> None:
    from django.utils.module_loading import import_string

    from dam.core.tasks import queue_of

    for spec in specs.RENDITIONS:
        assert callable(import_string(spec.recipe))
        assert queue_of(f"{spec.lane}.render") == spec.lane
        assert reverse("file", args=["brand", "00000000-0000-4000-8000-000000000007", spec.kind])
