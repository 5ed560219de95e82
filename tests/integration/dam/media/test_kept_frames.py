"""Real files are looked at once, in the sandbox: their shots, and the frames that search keeps."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dam.media import kept_frames, runner
from dam.media.kept_frames import Footage
from tests import media_factory


def patches(seed: int, count: int) -> NDArray[np.uint8]:
    """So many frames of one picture."""
    random = np.random.default_rng(seed).integers(20, 230, (9, 16, 3), np.uint8)
    return np.repeat(random.repeat(16, 0).repeat(16, 1)[None], count, 0)


def kept(path: Path, folder: Path) -> tuple[Footage, list[NDArray[np.uint8]]]:
    out = folder / "frames.zip"
    footage = kept_frames.write(path, out, info=runner.probe(path))
    assert Footage.from_json(footage.to_json()) == footage
    return footage, [frame.rgb for frame in kept_frames.read(out, footage, max_side=128)]


def test_shots_begin_at_the_cuts_and_each_has_its_frame(tmp_path: Path) -> None:
    film = np.concatenate(
        [patches(1, 30), patches(2, 20), np.zeros((10, 144, 256, 3), np.uint8), patches(3, 30)]
    )
    runner.encode_frames(film, frame_rate=Fraction(25), path=tmp_path / "film.mp4")
    footage, pictures = kept(tmp_path / "film.mp4", tmp_path)
    assert [(shot.start_ms, shot.end_ms) for shot in footage.shots] == [(0, 1200), (1200, 2400), (2400, 3600)]
    assert [shot for _, _, shot in footage.frames] == [0, 1, 2]
    for (number, time_ms, _), picture in zip(footage.frames, pictures, strict=True):
        assert time_ms == number * 40
        assert np.abs(picture[::8, ::8].astype(int) - film[number][::16, ::16]).mean() < 20
        assert picture.shape == (72, 128, 3)


@pytest.mark.parametrize("frames", [1, 3])
def test_a_clip_of_a_few_frames_is_one_shot(tmp_path: Path, frames: int) -> None:
    path = media_factory.movie(tmp_path / "short.mp4", frames=frames)
    footage, pictures = kept(path, tmp_path)
    assert len(footage.shots) == 1
    assert [media_factory.number_of(picture) for picture in pictures] == [n for n, _, _ in footage.frames]


def test_a_variable_rate_and_a_turned_picture_are_kept_as_they_are_shown(tmp_path: Path) -> None:
    shown_at = [0, 40, 80, 120, 160, 200, 600, 640, 680, 1720]
    path = media_factory.movie(
        tmp_path / "vfr.mp4", frames=10, at=shown_at, tick=Fraction(1, 1000), rotation=90
    )
    footage, pictures = kept(path, tmp_path)
    assert pictures[0].shape[0] > pictures[0].shape[1]
    for (_, time_ms, _), picture in zip(footage.frames, pictures, strict=True):
        assert abs(shown_at[media_factory.number_of(np.rot90(picture, -1))] - time_ms) <= 40
