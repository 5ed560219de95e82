"""Files that are only heard: what is taken of them, and what is made."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dam.media import runner, specs, waveforms
from dam.media.errors import FileRefused
from dam.media.probe import Kind
from tests import media_factory, sound_factory
from tests.sound_factory import CODECS


@pytest.mark.parametrize("suffix", CODECS)
def test_a_sound_has_a_length_and_no_picture(tmp_path: Path, suffix: str) -> None:
    info = runner.probe(sound_factory.tone(tmp_path / f"bed.{suffix}"))
    assert (info.kind, info.width, info.height, info.frame_count) == (Kind.SOUND, 0, 0, 0)
    assert (info.audio_channels, info.audio_rate) == (2, 48_000)
    assert 1950 <= info.duration_ms <= 2150


def test_a_film_without_its_picture_is_sound(tmp_path: Path) -> None:
    film = media_factory.movie(tmp_path / "film.mp4", picture=False, sound=True)
    assert runner.probe(film).kind is Kind.SOUND


def test_a_sound_that_breaks_off_is_refused(tmp_path: Path) -> None:
    whole = sound_factory.tone(tmp_path / "bed.flac", loud_from=0).read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 3])
    with pytest.raises(FileRefused) as refused:
        runner.probe(tmp_path / "cut")
    assert refused.value.code == "truncated"


def test_noise_that_begins_like_a_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"fLaC" + np.random.default_rng(3).bytes(20_000))
    with pytest.raises(FileRefused):
        runner.probe(tmp_path / "noise")


@pytest.mark.parametrize("spec", [specs.LISTEN, specs.SOUND_RELEASE])
def test_it_is_made_into_another_format_of_the_same_length(tmp_path: Path, spec: specs.Sound) -> None:
    path = sound_factory.tone(tmp_path / "bed.wav")
    info = runner.probe(path)
    out = tmp_path / f"out{spec.suffix}"
    runner.convert_sound(path, out, info=info, spec=spec)
    made = runner.probe(out)
    assert (made.kind, made.audio_codec, made.format.content_type) == (
        Kind.SOUND,
        spec.codec,
        spec.content_type if spec is not specs.LISTEN else "video/mp4",  # by its first bytes
    )
    assert abs(made.duration_ms - info.duration_ms) < 60


def test_its_waveform_shows_where_it_is_loud(tmp_path: Path) -> None:
    path = sound_factory.tone(tmp_path / "bed.wav", loud_from=0.5)
    size = waveforms.write(path, tmp_path / "wave.webp", info=runner.probe(path))
    with Image.open(tmp_path / "wave.webp") as picture:
        assert picture.size == size
        upper = np.asarray(picture.convert("L"))[size[1] // 4]  # bars of what is loud reach there
    quiet, loud = upper[: size[0] // 2 - 10], upper[size[0] // 2 + 10 :]
    assert quiet.max() < 60
    assert loud.max() > 120


@pytest.mark.parametrize("count", [1, 3, 160])
def test_peaks_are_of_equal_parts(count: int) -> None:
    samples = np.zeros(1600, np.int16)
    samples[-1] = -32768
    peaks = waveforms.peaks(samples, count=count)
    assert (len(peaks), peaks[-1], sum(peaks)) == (count, 1.0, 1.0)


def test_a_sound_shorter_than_its_bars_has_one_all_the_same() -> None:
    assert len(waveforms.peaks(np.array([100], np.int16), count=160)) == 160
