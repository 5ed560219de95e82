"""Takes get an invisible watermark before they are encoded, where the brand wants one, and say so."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dam.core import storage
from dam.media import invisible_watermark
from generation import runner
from generation.generators import loading
from generation.generators.base import Frames, Latents, VideoRequest
from generation.models import GenerationJob
from provenance.manifests import claims, verify
from provenance.models import Watermark
from provenance.releases import watermarked
from provenance.watermarks import keys
from tests import rubric
from tests.integration.generation.models import FakeGenerator

pytestmark = pytest.mark.django_db


class CloudyGenerator(FakeGenerator):
    """Still, soft pictures: pure noise of that size loses one watermark in twelve to the encoder."""

    def decode(self, latents: Latents, request: VideoRequest, *, tiled: bool = False) -> Frames:
        down, across = np.mgrid[: request.height, : request.width]
        cloud = 120 + 50 * np.sin(across / 17) + 40 * np.cos(down / 13)
        cloud = cloud + np.random.default_rng(request.seed).normal(0, 6, cloud.shape)
        tinted = np.clip(cloud[..., None] * (1, 0.9, 0.8), 0, 255).astype(np.uint8)
        return np.stack([np.roll(tinted, frame, axis=1) for frame in range(request.frames)])


@pytest.fixture(autouse=True)
def _storage(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STORAGE = str(tmp_path / "storage")
    settings.SCRATCH_DIR = tmp_path / "scratch"
    settings.WATERMARK_KEY = "the installation's own"
    made = CloudyGenerator()
    monkeypatch.setattr(loading, "load", lambda folder: made)


def wants(job: GenerationJob, *, watermarks: bool) -> None:
    job.brand.watermarks = watermarks
    job.brand.save(update_fields=["watermarks"])


def test_a_take_gets_one_and_its_credentials_name_it(job: GenerationJob) -> None:
    wants(job, watermarks=True)
    version = runner.make(job.pk)
    assert version is not None
    mark = Watermark.objects.get()
    assert (mark.version, mark.brand, mark.layer) == (version, job.brand, 0)
    with storage.local_copy(version.storage_key) as path:
        [found] = invisible_watermark.find(watermarked.pictures(path), keys.every())
        report = verify.check(path)
        assert rubric.broken(path) == []
    assert found.identifier == mark.identifier
    assert report.state == "trusted"
    assert report.active is not None
    assert [each.code for each in report.active.actions] == ["c2pa.created", claims.WATERMARKED]
    assert claims.watermark_value(mark.identifier) in str(report.raw)


def test_where_none_is_wanted_there_is_none(job: GenerationJob) -> None:
    wants(job, watermarks=False)
    version = runner.make(job.pk)
    assert version is not None
    with storage.local_copy(version.storage_key) as path:
        assert invisible_watermark.find(watermarked.pictures(path), keys.every()) == []
    assert not Watermark.objects.exists()
