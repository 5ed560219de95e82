"""The frame that stands for a clip: chosen, made, kept and taken back. FFmpeg for real."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog import versions
from dam.catalog.models import Processing, Rendition, Version
from dam.core import storage
from dam.ingest import posters, renditions, steps, tasks
from dam.ingest.models import Step, StepState
from dam.media import runner
from dam.media.probe import Kind
from provenance.review import reviews
from tests import media_factory
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(tmp_path: Path) -> Version:
    """A clip of 17 frames that say their numbers, with its file."""
    row = VersionFactory.create()
    path = media_factory.clip(tmp_path / "clip.mp4", frames=17)
    stored = storage.put(path, brand_id=row.brand_id, suffix=".mp4")
    Version.objects.filter(pk=row.pk).update(
        storage_key=stored.key,
        sha256=stored.sha256,
        media_info=runner.probe(path).to_json(),
        frame_count=17,
    )
    version = Version.objects.select_related("asset", "brand").get(pk=row.pk)
    steps.begin(version)
    return version


@pytest.fixture
def editor(version: Version) -> Member:
    return member(version.brand, Role.CREATOR)


def number_shown(version: Version) -> int:
    key = Rendition.objects.get(version=version, kind="poster").storage_key
    with storage.local_copy(key) as path, Image.open(path) as picture:
        return media_factory.number_of(np.asarray(picture.convert("RGB")))


def poster_step(version: Version) -> Step:
    return Step.objects.get(version=version, name="poster")


def work(version: Version) -> None:
    """What a worker does when the message comes."""
    tasks.render(str(version.pk), "poster")
    assert poster_step(version).state == StepState.DONE, poster_step(version).reason


def test_the_chosen_frame_is_made_the_poster_by_the_step(version: Version, editor: Member) -> None:
    work(version)
    assert number_shown(version) == 11  # of the candidates the one with the most to see
    assert posters.choose(version, 5, by=editor)
    assert poster_step(version).state == StepState.WAITING
    work(version)
    assert number_shown(version) == 5
    assert Rendition.objects.get(version=version, kind="poster").details == {"frame": 5}


def test_a_poster_that_is_made_again_is_the_chosen_one(version: Version, editor: Member) -> None:
    posters.choose(version, 0, by=editor)
    work(version)
    steps.make_lost_again(version.pk, "poster")
    work(version)
    assert number_shown(version) == 0


def test_back_to_automatic_is_the_most_telling_frame_again(version: Version, editor: Member) -> None:
    posters.choose(version, 3, by=editor)
    work(version)
    posters.choose(version, None, by=editor)
    work(version)
    assert number_shown(version) == 11
    version.refresh_from_db()
    assert version.poster_frame is None


def test_the_trail_says_which_frame_it_was_and_is(version: Version, editor: Member) -> None:
    posters.choose(version, 5, by=editor)
    assert not posters.choose(version, 5, by=editor)
    posters.choose(version, 0, by=editor)
    events = Event.objects.filter(asset_id=version.asset_id, verb="asset.edited").order_by("sequence")
    assert [event.data["poster"] for event in events] == [[None, 5], [5, 0]]


def test_a_clip_goes_to_review_while_another_poster_is_made(version: Version, editor: Member) -> None:
    Step.objects.filter(version=version).update(state=StepState.DONE)
    versions.set_processing(version.pk, Processing.READY)
    posters.choose(version, 5, by=editor)
    version.refresh_from_db()
    assert reviews.refusal_to_submit(version, by=editor) is None


def test_a_choice_while_the_poster_is_made_wins(
    version: Version, editor: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that drew the older one keeps nothing of it. It is alone: others are done already."""
    Step.objects.filter(version=version).exclude(name="poster").update(state=StepState.DONE)
    posters.choose(version, 2, by=editor)
    make: Callable[..., str] = renditions.make
    chosen: list[Any] = []

    def made_while_another_is_chosen(*args: Any, **kwargs: Any) -> str:
        if not chosen:
            chosen.append(posters.choose(version, 7, by=editor))
        return make(*args, **kwargs)

    monkeypatch.setattr(renditions, "make", made_while_another_is_chosen)
    tasks.render(str(version.pk), "poster")
    assert chosen
    assert number_shown(version) == 7
    assert poster_step(version).state == StepState.WAITING  # the message that the second choice sent does it
    work(version)
    assert number_shown(version) == 7


@pytest.mark.parametrize("frame", [-1, 17, 10**8])
def test_a_frame_that_the_clip_does_not_have_is_refused(version: Version, editor: Member, frame: int) -> None:
    with pytest.raises(posters.NoSuchFrame, match="from 0 to 16"):
        posters.choose(version, frame, by=editor)


@pytest.mark.parametrize(("kind", "words"), [(Kind.SOUND, "waveform"), (Kind.STILL, "its own poster")])
def test_sounds_and_images_say_why_not(version: Version, editor: Member, kind: Kind, words: str) -> None:
    version.kind = kind
    with pytest.raises(posters.NoChoice, match=words):
        posters.choose(version, 0, by=editor)


def test_a_clip_whose_frames_are_not_counted_says_so(version: Version, editor: Member) -> None:
    Version.objects.filter(pk=version.pk).update(frame_count=None)
    with pytest.raises(posters.NoSuchFrame, match="aren't counted yet"):
        posters.choose(version, 0, by=editor)


def test_only_who_may_edit_chooses(version: Version) -> None:
    with pytest.raises(PermissionDenied):
        posters.choose(version, 1, by=member(version.brand, Role.VIEWER))
