"""The step that keeps how loud a clip is."""

from pathlib import Path

import pytest

from dam.catalog.models import Version
from dam.core import storage
from dam.ingest import steps, tasks
from dam.ingest.models import StepState
from dam.media import loudness, runner
from tests import media_factory
from tests.factories import VersionFactory

pytestmark = pytest.mark.django_db


def stored(path: Path) -> Version:
    version = VersionFactory.create(media_info=runner.probe(path).to_json())
    kept = storage.put(path, brand_id=version.brand_id, suffix=path.suffix)
    Version.objects.filter(pk=version.pk).update(storage_key=kept.key, sha256=kept.sha256)
    version.refresh_from_db()
    steps.begin(version)
    return version


def test_loudness_is_measured_once_and_kept_among_the_facts(tmp_path: Path) -> None:
    version = stored(media_factory.movie(tmp_path / "clip.mp4", frames=50, sound=True))
    before = version.media_info
    tasks.measure_loudness(str(version.pk))
    version.refresh_from_db()
    found = loudness.of(version.media_info)
    assert found is not None
    assert found.integrated is not None
    assert -60 < found.integrated < 0
    assert {**version.media_info, "loudness": None} == {**before, "loudness": None}
    step = version.steps.get(name="loudness")
    assert (step.state, step.reason) == (StepState.DONE, loudness.words(found))


def test_a_clip_without_sound_is_passed_over(tmp_path: Path) -> None:
    version = stored(media_factory.movie(tmp_path / "mute.mp4"))
    tasks.measure_loudness(str(version.pk))
    assert version.steps.get(name="loudness").state == StepState.SKIPPED
