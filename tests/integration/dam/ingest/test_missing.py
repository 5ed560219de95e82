"""Renditions that older clips lack: counted, asked for a few at a time, and asked for once."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dam.catalog.models import Asset, Processing, Rendition, Version
from dam.ingest import disk_space, missing, steps
from dam.ingest.models import Step, StepState
from dam.media.errors import FileRefused
from tests.factories import BrandFactory, VersionFactory

pytestmark = pytest.mark.django_db
STREAM = missing.find("stream")
LONG = 70_000  # ms: long enough for a stream
INFO = {
    "container": "MP4",
    "video_codec": "h264",
    "width": 1920,
    "height": 1080,
    "frame_rate": "24",
    "frame_count": 1680,
    "duration_ms": LONG,
    "video_index": 0,
    "rotation": 0,
    "mirrored": False,
    "pixel_aspect": "1",
    "pixel_format": "yuv420p",
    "transfer": "sdr",
    "interlaced": False,
    "variable_rate": False,
    "first_pts": "0",
}


def clip(**fields: Any) -> Version:
    """A long one from before there were streams: its steps are done, and it has none of a stream."""
    version = VersionFactory.create(**{"media_info": INFO, "duration_ms": LONG, **fields})
    steps.begin(version)
    Step.objects.filter(version=version, name="stream").delete()
    Step.objects.filter(version=version).update(state=StepState.DONE)
    return version


def has_stream(version: Version) -> None:
    Rendition.objects.create(
        version=version, kind="stream", sha256="0" * 64, size=1, content_type="x/y", storage_key="k"
    )


def told(*args: str, **options: Any) -> str:
    out = StringIO()
    call_command("renditions", *args, stdout=out, **options)
    return out.getvalue()


def asked_for() -> set[Any]:
    waiting = Step.objects.filter(name="stream", state=StepState.WAITING)
    return set(waiting.values_list("version_id", flat=True))


def test_only_what_a_new_clip_would_get_is_missing() -> None:
    lacking = clip()
    clip(duration_ms=5_000)
    clip(kind="sound")
    clip(media_info={})
    has_stream(clip())
    trashed = clip()
    Asset.objects.filter(pk=trashed.asset_id).update(trashed_at=timezone.now())
    for state in (StepState.WAITING, StepState.RUNNING, StepState.FAILED):
        steps_of = clip()
        steps.make_missing(steps_of.pk, "stream")
        Step.objects.filter(version=steps_of, name="stream").update(state=state)
    found_none = clip()
    steps.make_missing(found_none.pk, "stream")
    Step.objects.filter(version=found_none, name="stream").update(
        state=StepState.SKIPPED, started_at=timezone.now()
    )
    assert list(missing.of(STREAM)) == [lacking]
    lost = clip()  # its step is done, and its file isn't there
    steps.make_missing(lost.pk, "stream")
    Step.objects.filter(version=lost, name="stream").update(state=StepState.DONE)
    assert list(missing.of(STREAM)) == [lost, lacking]
    assert list(missing.of(STREAM, BrandFactory.create())) == []


def test_a_dry_run_counts_and_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "SLICE", 2)
    for _ in range(5):
        clip()
    said = told(kind=["stream"], dry_run=True)
    # 900, 3,000 and 6,000 kbit/s and the sound of each, for 70 seconds.
    assert missing.most_bytes(STREAM, clip()) == 10_284 * 1000 // 8 * 70
    assert "stream: 5 missing, at most" in said
    assert "nothing was made" in said
    assert asked_for() == set()


def test_clips_stay_ready_while_what_they_lack_is_made_and_none_is_asked_for_twice() -> None:
    versions = {clip().pk for _ in range(3)}
    assert "stream: 2 asked for in all" in told(kind=["stream"], most=2)
    assert len(asked_for()) == 2
    assert "stream: 1 asked for in all" in told(kind=["stream"])
    assert asked_for() == versions
    assert "stream: 0 asked for in all" in told(kind=["stream"])
    for version in Version.objects.filter(pk__in=versions):
        assert version.processing == Processing.READY


def test_nothing_is_added_while_the_queue_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "AT_ONCE", 2)
    clip(), clip(), clip()
    looks = []

    def workers_go_on(seconds: float) -> None:
        looks.append(len(asked_for()))
        Step.objects.filter(name="stream").update(state=StepState.DONE)

    monkeypatch.setattr("time.sleep", workers_go_on)
    told(kind=["stream"])
    assert looks == [2]
    Step.objects.filter(name="stream").update(state=StepState.DONE)
    others = clip()  # what waits on the queue counts, whatever it is
    Step.objects.filter(version=others, name="proxy").update(state=StepState.WAITING)
    assert missing.has_room(STREAM)
    Step.objects.filter(name="proxy").update(state=StepState.RUNNING)
    assert not missing.has_room(STREAM)


def test_a_disk_without_room_ends_it_with_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clip(), clip()
    asked: list[int] = []

    def require(size: int) -> None:
        asked.append(size)
        if len(asked) > 1:
            raise FileRefused("disk_full")

    monkeypatch.setattr(disk_space, "require_work", require)
    with pytest.raises(CommandError, match="1 were asked for"):
        told(kind=["stream"])
    assert len(asked_for()) == 1
    assert asked[0] == missing.most_bytes(STREAM, clip())


def test_what_isnt_there_is_refused_in_a_sentence() -> None:
    for options in ({"kind": ["nothing"]}, {"brand": "nowhere"}):
        with pytest.raises(CommandError, match="There is no"):
            told(**options)
