"""Versions from before there was some step get it in the background."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dam.audit.models import Event
from dam.catalog.models import Processing, Version
from dam.ingest import added_steps, renditions, step_specs, steps, tasks
from dam.ingest.models import Step, StepState
from tests.factories import VersionFactory, member
from tests.unit.dam.media.test_probe import INFO

pytestmark = pytest.mark.django_db
NEW = step_specs.caught_up()


def from_before() -> Version:
    """A version whose steps were made when there were fewer of them."""
    version = VersionFactory.create(media_info=INFO.to_json(), processing=Processing.READY)
    steps.begin(version)
    Step.objects.filter(version=version, name__in=NEW).delete()
    Step.objects.filter(version=version).update(state=StepState.DONE)
    return version


def have_them() -> set[object]:
    return set(Step.objects.filter(name__in=NEW).values_list("version_id", flat=True))


def test_the_newest_get_them_first_and_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(added_steps, "AT_ONCE", len(NEW))
    versions = [from_before() for _ in range(len(NEW) + 1)]
    events = Event.objects.count()
    assert added_steps.run() == len(NEW)
    assert have_them() == {version.pk for version in versions[1:]}
    assert added_steps.run() == 0  # those wait yet
    Step.objects.update(state=StepState.DONE)
    added_steps.run()
    assert have_them() == {version.pk for version in versions}
    assert Event.objects.count() == events


def test_a_version_stays_ready_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    version = from_before()
    added_steps.run()
    steps.run(version.pk, "frames", lambda _: None)
    version.refresh_from_db()
    assert version.processing == Processing.READY


def test_once_all_have_them_nobody_looks_again() -> None:
    cache.clear()
    from_before()
    added_steps.run()
    Step.objects.update(state=StepState.DONE)
    added_steps.run()
    later = from_before()
    assert added_steps.run() == 0
    assert later.pk not in have_them()


def test_frames_that_come_after_the_embeddings_are_embedded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, **_: sent.append(task))
    monkeypatch.setattr(renditions, "make", lambda *_, **__: "")
    cache.clear()
    version = from_before()
    added_steps.run()
    tasks.render(str(version.pk), "frames")
    assert sent == ["index.embed_again"]
    Step.objects.filter(version=version, name="frames").update(state=StepState.WAITING)
    Step.objects.filter(version=version, name="embed").update(state=StepState.WAITING)
    tasks.render(str(version.pk), "frames")
    assert sent == ["index.embed_again"]  # its own step does it


def test_a_stream_is_made_of_long_clips_and_of_older_ones_when_somebody_asks() -> None:
    """No upgrade sets off the transcoding of a whole library."""
    cache.clear()
    long, short = (VersionFactory.create(duration_ms=ms, media_info={"width": 16}) for ms in (60_000, 59_000))
    for version in (long, short):
        steps.begin(version)
    assert [version.steps.filter(name="stream").exists() for version in (long, short)] == [True, False]
    Step.objects.filter(name__in=[*NEW, "stream"]).delete()
    Step.objects.update(state=StepState.DONE)
    assert added_steps.run() == 2
    assert not Step.objects.filter(name="stream").exists()
    assert "stream" in [step.name for step in steps.of(long)]
    assert "stream" not in [step.name for step in steps.of(short)]
    steps.retry(long, "stream", by=member(long.brand))
    assert long.steps.get(name="stream").state == StepState.WAITING


def test_the_files_tab_offers_a_stream_that_was_never_made(client: Client) -> None:
    version = VersionFactory.create(duration_ms=61_000, media_info={"width": 16})
    steps.begin(version)
    Step.objects.filter(name="stream").delete()
    client.force_login(member(version.brand).user)
    page = reverse("asset", args=[version.brand.slug, version.asset_id]) + "?tab=files"
    retry = reverse("step-retry", args=[version.brand.slug, version.pk, "stream"])
    assert retry in client.get(page).content.decode()
    client.post(retry)
    assert version.steps.get(name="stream").state == StepState.WAITING
