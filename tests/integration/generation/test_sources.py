"""Takes that begin with something from the library: who may, what the model sees, what the clip then is."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as project

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Origin, Version
from dam.ingest import registration
from dam.media import runner as media_runner
from dam.rights.models import InheritedTerms, MadeFrom
from generation import briefs, composition, jobs, runner, sources
from generation.briefs import Brief, BriefRefused
from generation.composition import Settings
from generation.generators.modes import MODES, Mode
from generation.models import GenerationJob
from generation.states import JobState
from provenance.manifests import verify
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.generation.briefs import BRIEF
from tests.integration.generation.models import FakeGenerator
from tests.media_factory import movie, number_of
from tests.still_factory import still

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored_here")]


def taken(path: Path, *, by: Member, title: str = "Bottle") -> Version:
    info = media_runner.probe(path)
    return registration.accept(
        path,
        brand=by.brand,
        user=by.user,
        filename=path.name,
        title=title,
        origin=Origin.UPLOADED,
        media_info=info,
        content_type=info.format.content_type,
    )


@pytest.fixture
def film(tmp_path: Path, creator: Member) -> Version:
    """Three seconds of 16 frames a second, as the model's own; each frame tells its number."""
    return taken(movie(tmp_path / "film.mp4", frames=48, rate=Fraction(16)), by=creator)


@pytest.fixture
def picture(tmp_path: Path, creator: Member) -> Version:
    return taken(still(tmp_path / "still.png", size=(256, 160)), by=creator, title="Label")


def brief(
    mode: Mode, given: dict[str, Version] | None = None, settings: Settings | None = None, at: float = 0.0
) -> Brief:
    given = given or {}
    found = [sources.of_version(version, role=role, at=at) for role, version in given.items()]
    known = tuple(each for each in found if each is not None)
    return replace(BRIEF, mode=mode, sources=known, settings=settings or Settings())


def made(asked: Brief, by: Member) -> tuple[GenerationJob, Version | None]:
    job = jobs.request(by=by, brief=asked)[0]
    version = runner.make(job.pk)
    return GenerationJob.objects.get(pk=job.pk), version


def test_a_clip_is_extended_by_what_the_model_makes_of_its_end(
    film: Version, creator: Member, generator: FakeGenerator
) -> None:
    job, version = made(brief(Mode.EXTEND, {"source": film}), creator)
    assert version is not None, job.reason
    (request,) = generator.requests
    (guide,) = request.guides
    assert [number_of(frame) for frame in guide.pictures] == list(range(48 - len(guide.pictures), 48))
    assert version.frame_count == 48 + 17 - len(guide.pictures)
    assert (job.state, job.mode) == (JobState.DONE, "extend")


def test_a_picture_fills_the_clip_that_begins_with_it(
    picture: Version, creator: Member, generator: FakeGenerator
) -> None:
    job, version = made(brief(Mode.IMAGE, {"first": picture}), creator)
    assert version is not None, job.reason
    (guide,) = generator.requests[0].guides
    assert guide.pictures.shape == (1, 80, 128, 3)


def test_of_a_film_the_picture_at_a_time_is_taken(
    film: Version, creator: Member, generator: FakeGenerator
) -> None:
    made(brief(Mode.IMAGE, {"first": film}, at=1.0), creator)
    (guide,) = generator.requests[0].guides
    assert number_of(guide.pictures[0]) == 16


@pytest.mark.parametrize("mode", [mode for mode in Mode if MODES[mode].slots])
def test_each_mode_gives_a_signed_clip_that_names_its_sources(
    mode: Mode, film: Version, creator: Member, generator: FakeGenerator
) -> None:
    job, version = made(brief(mode, {slot.role: film for slot in MODES[mode].slots}), creator)
    assert version is not None, job.reason
    report = verify.check(Path(project.STORAGE, version.storage_key))
    assert report.state == "trusted"
    record = MadeFrom.objects.get(version=version)
    assert (record.source, record.relation) == (film, MODES[mode].relation)


def test_what_is_made_of_a_clip_may_do_no_more_than_that(
    film: Version, creator: Member, generator: FakeGenerator
) -> None:
    _job, version = made(brief(Mode.EXTEND, {"source": film}), creator)
    assert InheritedTerms.objects.filter(version=version).exists()


def test_the_log_says_what_it_was_made_from(film: Version, creator: Member, generator: FakeGenerator) -> None:
    made(brief(Mode.EXTEND, {"source": film}), creator)
    asked = Event.objects.get(verb="job.requested")
    assert (asked.data["mode"], asked.data["sources"]) == ("extend", [str(film.pk)])
    assert Event.objects.get(verb="asset.generated").data["made_from"] == [str(film.pk)]


def test_a_clip_of_another_brand_is_not_there(creator: Member) -> None:
    foreign = VersionFactory.create(asset__brand=BrandFactory.create())
    with pytest.raises(BriefRefused, match="doesn't exist") as refused:
        jobs.request(by=creator, brief=brief(Mode.EXTEND, {"source": foreign}))
    assert refused.value.field == "source"
    assert not GenerationJob.objects.exists()


def test_who_left_the_brand_makes_nothing_of_its_clips(
    film: Version, brand: Brand, generator: FakeGenerator
) -> None:
    other = member(brand, Role.CREATOR)
    job = jobs.request(by=other, brief=brief(Mode.EXTEND, {"source": film}))[0]
    other.user.memberships.all().delete()
    assert runner.make(job.pk) is None
    job.refresh_from_db()
    assert (job.state, generator.requests) == (JobState.FAILED, [])
    assert "no longer in the library" in job.reason


def test_a_source_in_the_trash_fails_the_take_before_the_work(
    film: Version, creator: Member, generator: FakeGenerator
) -> None:
    from dam.catalog import assets

    job = jobs.request(by=creator, brief=brief(Mode.EXTEND, {"source": film}))[0]
    assets.trash(film.asset, by=creator)
    assert runner.make(job.pk) is None
    job.refresh_from_db()
    assert "“Bottle” is no longer in the library" in job.reason
    assert generator.requests == []


def test_a_mode_of_a_newer_release_is_refused_and_says_so(
    job: GenerationJob, generator: FakeGenerator
) -> None:
    GenerationJob.objects.filter(pk=job.pk).update(mode="dream")
    assert runner.make(job.pk) is None
    job.refresh_from_db()
    assert "newer version" in job.reason


def check(
    mode: Mode, given: dict[str, Version] | None = None, settings: Settings | None = None, at: float = 0.0
) -> Brief:
    return briefs.check(
        FakeGenerator.capabilities,
        prompt="a red ball",
        mode=mode,
        sources=brief(mode, given, at=at).sources,
        settings=settings,
    )


def test_what_a_slot_cant_take_is_told(film: Version, picture: Version) -> None:
    cases: tuple[tuple[Mode, dict[str, Version], str], ...] = (
        (Mode.EXTEND, {}, "Choose a clip"),
        (Mode.EXTEND, {"source": picture}, "needs a video"),
        (Mode.FRAMES, {"first": film}, "Choose a clip"),
        (Mode.TEXT, {"source": film}, "incomplete"),
    )
    for mode, given, words in cases:
        with pytest.raises(BriefRefused, match=words):
            check(mode, given)


def test_a_time_beyond_the_end_is_told(film: Version) -> None:
    with pytest.raises(BriefRefused, match=r"3\.0 s long"):
        check(Mode.IMAGE, {"first": film}, at=3.5)


def test_a_clip_that_is_too_short_to_be_made_over_is_told(film: Version) -> None:
    with pytest.raises(BriefRefused, match="shorter length"):
        check(Mode.RESTYLE, {"source": film}, at=2.5)


def test_a_clip_that_ends_earlier_than_it_says_fails_the_take(
    film: Version, creator: Member, generator: FakeGenerator
) -> None:
    job = jobs.request(by=creator, brief=brief(Mode.RESTYLE, {"source": film}, at=2.5))[0]  # 8 frames of 17
    assert runner.make(job.pk) is None
    job.refresh_from_db()
    assert "“Bottle” ends earlier than its file says" in job.reason
    assert generator.requests == []


def test_a_clip_too_long_to_be_kept_is_told(film: Version) -> None:
    film.duration_ms = 61_000
    with pytest.raises(BriefRefused, match=f"up to {composition.MOST_KEPT_SECONDS} s"):
        check(Mode.EXTEND, {"source": film})


@pytest.mark.parametrize("box", [(-0.1, 0, 1, 1), (0.5, 0, 0.6, 1), (0, 0, 0, 1), (0, 0.9, 1, 0.2)])
def test_a_rectangle_beyond_the_picture_is_told(film: Version, box: composition.Box) -> None:
    with pytest.raises(BriefRefused, match="within the image"):
        check(Mode.EDIT, {"source": film}, Settings(region=box))


def test_a_model_that_reads_words_alone_says_so(film: Version) -> None:
    plain = replace(FakeGenerator.capabilities, modes=(Mode.TEXT,))
    with pytest.raises(BriefRefused, match=r"can't do that. Its modes: Text\.$"):
        briefs.check(
            plain, prompt="a", mode=Mode.EXTEND, sources=brief(Mode.EXTEND, {"source": film}).sources
        )


def test_a_model_that_cant_blend_names_what_comes_nearest(film: Version) -> None:
    plain = replace(FakeGenerator.capabilities, modes=(Mode.TEXT, Mode.IMAGE))
    with pytest.raises(BriefRefused, match=r"can't do that. Its modes: Text, Image\. “Image” can start from"):
        briefs.check(plain, prompt="a", mode=Mode.BLEND)


def test_a_film_of_another_size_and_rate_fills_the_models(tmp_path: Path) -> None:
    path = movie(tmp_path / "wide.mp4", frames=50, width=320, height=80)
    frames = media_runner.decode_frames(
        path,
        info=media_runner.probe(path),
        size=(128, 80),
        frame_rate=FakeGenerator.capabilities.frame_rate,
        first=8,
        count=16,
    )
    assert frames.shape == (16, 80, 128, 3)
    assert np.ptp(frames) > 0
