"""Steps of a new clip that one decoding of its master does, and what becomes of them where it fails."""

from pathlib import Path
from typing import Any

import pytest

from dam.accounts.capabilities import Role
from dam.catalog.models import Version
from dam.core import storage
from dam.ingest import passes, posters, renditions, steps, tasks
from dam.ingest.models import Step, StepState
from dam.media import recipes, runner
from dam.media.errors import MediaFailed
from dam.media.recipes import Made
from tests import media_factory
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.django_db
PASS = ("poster", "sprite", "frames")


@pytest.fixture
def version(tmp_path: Path) -> Version:
    row = VersionFactory.create()
    path = media_factory.clip(tmp_path / "clip.mp4", frames=17)
    stored = storage.put(path, brand_id=row.brand_id, suffix=".mp4")
    info = runner.probe(path)
    Version.objects.filter(pk=row.pk).update(
        storage_key=stored.key, media_info=info.to_json(), frame_count=17, duration_ms=info.duration_ms
    )
    version = Version.objects.select_related("asset", "brand").get(pk=row.pk)
    steps.begin(version)
    return version


def states(version: Version) -> dict[str, tuple[str, int]]:
    """How each stands, and how often it was tried."""
    found = Step.objects.filter(version=version, name__in=PASS)
    return {step.name: (step.state, step.attempts) for step in found}


def of_all(state: str, attempts: int) -> dict[str, tuple[str, int]]:
    return dict.fromkeys(PASS, (state, attempts))


def fail(*_: object, **__: object) -> Any:
    raise MediaFailed("The moon is in the way.")


@pytest.mark.parametrize("first", PASS)
def test_whichever_comes_first_has_all_three_made_by_one_decoding(
    version: Version, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renditions, "make", fail)
    tasks.render(str(version.pk), first)
    assert states(version) == of_all(StepState.DONE, 1)
    assert set(version.renditions.values_list("kind", flat=True)) == set(PASS)


def test_where_it_fails_each_is_made_alone(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "in_one_pass", fail)
    tasks.render(str(version.pk), "sprite")
    waiting = (StepState.WAITING, 1)
    assert states(version) == {"poster": waiting, "sprite": (StepState.DONE, 1), "frames": waiting}
    assert {step.sends for step in Step.objects.filter(version=version, name__in=PASS)} == {1}
    tasks.render(str(version.pk), "poster")
    tasks.render(str(version.pk), "frames")
    assert states(version) == {
        "poster": (StepState.DONE, 2),
        "sprite": (StepState.DONE, 1),
        "frames": (StepState.DONE, 2),
    }


@pytest.mark.parametrize(("problem", "told"), [(MediaFailed("Torn."), False), (KeyError("ours"), True)])
def test_a_fault_of_ours_is_told_though_each_goes_well_alone(
    version: Version,
    problem: Exception,
    told: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> Any:
        raise problem

    monkeypatch.setattr(recipes, "in_one_pass", broken)
    tasks.render(str(version.pk), "poster")
    assert states(version)["poster"] == (StepState.DONE, 1)
    assert any(each.levelname == "ERROR" and each.exc_info for each in caplog.records) is told


def test_one_that_fails_alone_says_why_and_is_retried_alone(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(recipes, "in_one_pass", fail)
        broken.setattr(recipes, "poster", fail)
        for kind in PASS:
            tasks.render(str(version.pk), kind)
    step = Step.objects.get(version=version, name="poster")
    assert (step.state, step.reason) == (StepState.FAILED, "The moon is in the way.")
    monkeypatch.setattr(recipes, "in_one_pass", fail)
    steps.retry(version, "poster", by=member(version.brand, Role.LIBRARIAN))
    tasks.render(str(version.pk), "poster")
    assert states(version)["poster"] == (StepState.DONE, 1)


def test_a_worker_that_is_told_to_stop_leaves_all_to_others(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> Any:
        raise SystemExit

    with monkeypatch.context() as stopped:
        stopped.setattr(recipes, "in_one_pass", stop)
        with pytest.raises(SystemExit):
            tasks.render(str(version.pk), "poster")
    assert {state for state, _attempts in states(version).values()} == {StepState.WAITING}
    for kind in PASS:
        tasks.render(str(version.pk), kind)
    assert {state for state, _attempts in states(version).values()} == {StepState.DONE}


def test_one_that_another_worker_is_at_is_left_to_it(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert steps._claim(version.pk, "frames", "another")
    monkeypatch.setattr(recipes, "in_one_pass", fail)
    tasks.render(str(version.pk), "poster")
    assert states(version) == {
        "poster": (StepState.DONE, 1),
        "sprite": (StepState.WAITING, 0),
        "frames": (StepState.RUNNING, 1),
    }


def test_a_poster_that_is_chosen_meanwhile_wins(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = member(version.brand, Role.CREATOR)
    make = recipes.in_one_pass

    def made_while_another_is_chosen(*args: Any, **kwargs: Any) -> dict[str, Made]:
        posters.choose(version, 7, by=editor)
        return make(*args, **kwargs)

    monkeypatch.setattr(recipes, "in_one_pass", made_while_another_is_chosen)
    tasks.render(str(version.pk), "sprite")
    assert states(version)["poster"] == (StepState.WAITING, 0)
    assert states(version)["frames"] == states(version)["sprite"] == (StepState.DONE, 1)
    assert not version.renditions.filter(kind="poster").exists()
    tasks.render(str(version.pk), "poster")
    assert version.renditions.get(kind="poster").details == {"frame": 7}


def test_a_version_of_which_nothing_is_known_has_no_pass(version: Version) -> None:
    version.media_info = {}
    assert passes.names(version) == ()
