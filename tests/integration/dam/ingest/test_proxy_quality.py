"""The review proxy measured against its master, made again once, then flagged."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dam.catalog.models import Rendition, RenditionKind, Version
from dam.core import storage
from dam.ingest import proxy_quality, renditions
from dam.ingest.models import Step
from dam.ingest.proxy_quality import NotMeasured
from dam.ingest.tasks import measure_quality
from dam.media import quality, runner, specs
from tests.factories import VersionFactory
from tests.media_factory import busy

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(tmp_path: Path) -> Version:
    made: Version = VersionFactory.create()
    film = busy(tmp_path / "film.mp4", frames=30)
    stored = storage.put(film, brand_id=made.brand_id, suffix=".mp4")
    facts = {"storage_key": stored.key, "sha256": stored.sha256, "media_info": runner.probe(film).to_json()}
    Version.objects.filter(pk=made.pk).update(**facts)
    made.refresh_from_db()
    return made


def kept(version: Version) -> dict[str, Any]:
    found: dict[str, Any] = Rendition.objects.get(version=version, kind=RenditionKind.PROXY).details[
        "quality"
    ]
    return found


def test_a_good_proxy_is_measured_and_stays(version: Version) -> None:
    renditions.make(version, "proxy")
    before = Rendition.objects.get(version=version)
    said = proxy_quality.measure(version)
    after = Rendition.objects.get(version=version)
    assert after.sha256 == before.sha256
    assert kept(version)["vmaf"] > 85
    assert (kept(version)["first"], kept(version)["below"]) == (None, False)
    assert said.startswith("VMAF ")


def test_a_poor_one_is_made_again_at_a_higher_rate(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    renditions.make(version, "proxy", recipe="tests.integration.dam.ingest.test_proxy_quality.rough")
    before = Rendition.objects.get(version=version)
    said = proxy_quality.measure(version)
    after = Rendition.objects.get(version=version)
    assert after.sha256 != before.sha256
    assert kept(version)["first"] < 80 <= kept(version)["vmaf"]
    assert not kept(version)["below"]
    assert "made again at a higher rate" in said


def test_what_stays_below_the_floor_is_made_again_once_and_flagged(
    version: Version, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PROXY_QUALITY_FLOOR = 100
    renditions.make(version, "proxy")
    made: list[str] = []
    make = renditions.make

    def counted(*args: Any, **kwargs: Any) -> str:
        made.append(kwargs["recipe"])
        return make(*args, **kwargs)

    monkeypatch.setattr(renditions, "make", counted)
    said = proxy_quality.measure(version)
    assert made == [proxy_quality.BETTER]
    assert kept(version)["below"]
    assert "below the floor of 100" in said


def test_nothing_is_measured_where_it_is_turned_off_or_cannot_be(
    version: Version, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotMeasured, match="no review proxy"):
        proxy_quality.measure(version)
    renditions.make(version, "proxy")
    monkeypatch.setattr(quality, "can_measure", lambda: False)
    with pytest.raises(NotMeasured, match="libvmaf"):
        proxy_quality.measure(version)
    settings.PROXY_QUALITY_FLOOR = 0
    with pytest.raises(NotMeasured):
        proxy_quality.measure(version)


def test_the_step_says_how_it_is(version: Version) -> None:
    renditions.make(version, "proxy")
    whose = {"brand": version.brand, "user": version.created_by}
    step = Step.objects.create(version=version, name="quality", position=5, sends=1, **whose)
    measure_quality(str(version.pk))
    step.refresh_from_db()
    assert (step.state, step.reason[:5]) == ("done", "VMAF ")


def rough(master: Path, folder: Path, *, info: Any) -> Any:
    from dam.media import recipes

    return recipes.proxy(master, folder, info=info, spec=replace(specs.PROXY, crf=51))
