"""What is said and written in real files is found: the bundled recognisers, real Postgres."""

import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dam.accounts.models import Brand
from dam.catalog.models import Version
from dam.core import storage
from dam.ingest import tasks
from dam.ingest.models import Step, StepState
from dam.media import ffmpeg, runner
from dam.search import listening, reading, search, timed_texts
from dam.search.listening import RATE, Heard, Samples
from dam.search.models import SearchDocument, TimedTextKind
from dam.search.results import Why
from dam.search.timed_texts import Line
from tests import media_factory
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.django_db
SPOKEN = Path(__file__).parent / "data" / "spoken.opus"


def stored(path: Path, brand: Brand) -> Version:
    file = storage.put(path, brand_id=brand.pk, suffix=path.suffix)
    info = runner.probe(path).to_json()
    return VersionFactory.create(
        asset__brand=brand, sha256=file.sha256, storage_key=file.key, media_info=info
    )


def lines(version: Version, kind: TimedTextKind) -> list[tuple[int, int, str]]:
    return list(timed_texts.of(version, kind).values_list("start_ms", "end_ms", "text"))


class Answers:
    """A recogniser that hears the same in anything."""

    languages = "English only"

    def __init__(self, *heard: Line, missed: float = 0.0) -> None:
        self.heard = Heard(heard, 2.0, missed)
        self.given: list[Samples] = []

    def hear(self, samples: Samples) -> Heard:
        self.given.append(samples)
        return self.heard


@pytest.fixture
def talk(brand: Brand, tmp_path: Path) -> Version:
    return stored(media_factory.movie(tmp_path / "talk.mp4", frames=48, sound=True), brand)


def test_what_is_heard_is_kept_and_found(talk: Version) -> None:
    recogniser = Answers(Line(200, 900, "Hello zebra", "en", 0.9))
    assert listening.listen(talk, recogniser=recogniser) == ""
    assert lines(talk, TimedTextKind.SPOKEN) == [(200, 900, "Hello zebra")]
    assert "zebra" in SearchDocument.objects.get(version=talk).words
    (samples,) = recogniser.given
    assert abs(len(samples) / RATE - talk.media_info["duration_ms"] / 1000) < 0.2
    assert np.abs(samples).max() > 0.1


def test_listening_says_how_far_it_is(talk: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    halves = [(0, 15_000), (15_000, 30_000)]
    monkeypatch.setattr(listening, "parts", lambda sound: halves)
    told: list[float] = []
    listening.listen(talk, recogniser=Answers(), told=told.append)
    assert told[0] == 0
    assert 0.2 < told[1] < 0.8


def test_speech_that_nobody_understood_is_said_and_not_made_up(talk: Version) -> None:
    assert "was not transcribed" in listening.listen(talk, recogniser=Answers(missed=1.5))
    assert lines(talk, TimedTextKind.SPOKEN) == []


def test_a_clip_without_sound_is_passed_over(brand: Brand, tmp_path: Path) -> None:
    version = stored(media_factory.movie(tmp_path / "mute.mp4"), brand)
    step = Step.objects.create(
        version=version, brand=version.brand, user=version.created_by, name="speech", position=0
    )
    tasks.listen(str(version.pk))
    step.refresh_from_db()
    assert (step.state, step.reason) == (StepState.SKIPPED, "The clip has no sound.")


@pytest.mark.parametrize(("suffix", "codec"), [(".mkv", "srt"), (".mp4", "mov_text"), (".webm", "webvtt")])
def test_a_files_own_subtitles_are_read_instead(
    brand: Brand, tmp_path: Path, suffix: str, codec: str
) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,200 --> 00:00:00,600\n<i>Grüße</i> from Ada\n")
    clip = tmp_path / f"clip{suffix}"
    video = "libvpx-vp9" if suffix == ".webm" else "libx264"
    master = media_factory.movie(tmp_path / f"plain{suffix}", codec=video, sound=suffix != ".webm")
    given: list[str | Path] = [
        "-i",
        master,
        "-i",
        words,
        "-map",
        "0",
        "-map",
        "1",
        "-c",
        "copy",
        "-c:s",
        codec,
    ]
    subprocess.run([ffmpeg.binary(), "-loglevel", "error", *given, clip], check=True)
    version = stored(clip, brand)
    assert listening.listen(version, recogniser=Answers()) == "From the file's subtitles."
    assert lines(version, TimedTextKind.SPOKEN) == [(200, 600, "Grüße from Ada")]


def test_where_recognition_is_turned_off_the_steps_say_so(talk: Version, settings: Any) -> None:
    settings.RECOGNITION = False
    whose = {"version": talk, "brand": talk.brand, "user": talk.created_by, "position": 0}
    for name, task in (("speech", tasks.listen), ("written", tasks.read)):
        step = Step.objects.create(**whose, name=name)
        task(str(talk.pk))
        step.refresh_from_db()
        assert step.state == StepState.SKIPPED
        assert "turned off" in step.reason


def test_the_bundled_recogniser_makes_nothing_up_over_music_noise_and_silence() -> None:
    recogniser = listening.installed()
    second = np.arange(RATE * 4, dtype=np.float32) / RATE
    chord = sum(np.sin(second * 2 * np.pi * pitch) for pitch in (220, 277, 330)) / 6
    noise = np.random.default_rng(0).normal(size=RATE * 4) / 8
    for samples in (np.zeros(RATE * 4), chord, noise):
        assert recogniser.hear(np.asarray(samples, np.float32)).lines == ()


def test_a_voice_is_understood_in_a_film_and_its_words_are_found(brand: Brand, tmp_path: Path) -> None:
    """A reader of LibriVox: real speech, which no synthesiser made (tests/README.md)."""
    film, out = media_factory.movie(tmp_path / "mute.mp4", frames=130), tmp_path / "talk.mp4"
    given: list[str | Path] = ["-i", film, "-i", SPOKEN, "-c:v", "copy", "-c:a", "aac"]
    subprocess.run([ffmpeg.binary(), "-nostdin", "-loglevel", "error", *given, out], check=True)
    version = stored(out, brand)
    assert listening.listen(version) == ""
    heard = lines(version, TimedTextKind.SPOKEN)
    assert "rather cold-hearted and rather selfish" in " ".join(text for _, _, text in heard)
    assert 0 <= heard[0][0] < heard[-1][1] <= 5400
    found = search.find(member(brand), words='"rather selfish"', ask=lambda spoken, encoder: None)
    assert [hit.moment.why for hit in found.hits if hit.moment] == [Why.SAID]


def test_what_is_written_in_the_picture_is_read(brand: Brand, tmp_path: Path) -> None:
    film = np.full((50, 360, 640, 3), (30, 70, 110), np.uint8)
    picture = Image.fromarray(film[0])
    font = ImageFont.load_default(48)
    ImageDraw.Draw(picture).text((60, 150), "SUMMER SALE 50%", font=font, fill="white")
    film[25:] = np.asarray(picture)
    runner.encode_frames(film, frame_rate=Fraction(25), path=tmp_path / "sale.mp4")
    version = stored(tmp_path / "sale.mp4", brand)
    assert reading.read(version) == ""
    ((start, end, text),) = lines(version, TimedTextKind.WRITTEN)
    assert "SUMMER SALE" in text
    assert 900 <= start < end <= 2000
