"""One clip the whole way: pieces over HTTP, a real worker, real FFmpeg, files in storage."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from dam.catalog.models import Rendition, Version
from dam.core import storage
from dam.ingest import step_specs
from dam.ingest.models import Step, StepState, Upload, UploadState
from dam.media import runner
from tests import media_factory
from tests.factories import BrandFactory, member
from tests.integration.dam.media.test_taken_as import animated

WaitUntil = Callable[..., None]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("master", "content_type"),
    [
        (media_factory.clip, "video/mp4"),
        (lambda at: animated(at.with_suffix(".webp"), durations=[40] * 17), "image/webp"),
    ],
    ids=["MP4", "a WebP that moves"],
)
def test_an_uploaded_clip_gets_its_renditions(
    servers: None,
    live_worker: None,
    wait_until: WaitUntil,
    master: Callable[[Path], Path],
    content_type: str,
    tmp_path: Path,
) -> None:
    brand = BrandFactory.create()
    client = Client()
    client.force_login(member(brand).user)
    content = master(tmp_path / "été.mp4").read_bytes()
    name = base64.b64encode("été.mp4".encode()).decode()
    created = client.post(
        reverse("upload-create", args=[brand.slug]),
        headers={"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"},
    )
    client.patch(
        created.headers["Location"],
        content,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": "0"},
    )
    wait_until(lambda: Upload.objects.get().state == UploadState.TAKEN)
    version = Version.objects.get()
    settled = [StepState.DONE, StepState.FAILED, StepState.SKIPPED]
    steps = len(step_specs.first_of(version))
    wait_until(lambda: Step.objects.filter(state__in=settled).count() == steps)
    media = Step.objects.filter(name__in=["poster", "sprite", "proxy"])
    assert {step.state for step in media} == {StepState.DONE}, list(media.values("name", "state", "reason"))
    assert {rendition.kind for rendition in Rendition.objects.all()} == {
        "poster",
        "sprite",
        "proxy",
        "frames",
    }
    assert (version.kind, version.content_type) == ("video", content_type)
    with storage.local_copy(version.storage_key) as kept:
        assert kept.read_bytes() == content
    with storage.local_copy(Rendition.objects.get(kind="proxy").storage_key) as proxy:
        assert runner.probe(proxy).frame_count == version.frame_count == 17
