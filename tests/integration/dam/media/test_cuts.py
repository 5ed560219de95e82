"""Cuts by the real FFmpeg: which frames come, in which order, at which size, and what is heard."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dam.media import cut_files, runner
from dam.media.cutting import Cut, Piece
from tests.media_factory import movie, number_of
from tests.still_factory import still


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, settings: Any) -> None:
    settings.SCRATCH_DIR = tmp_path / "scratch"


def piece(path: Path, *, first: int, end: int, **more: Any) -> Piece:
    return Piece(path=path, info=runner.probe(path), first=first, end=end, **more)


def numbers(path: Path) -> list[int]:
    info = runner.probe(path)
    size = (info.width, info.height)
    frames = runner.decode_frames(path, info=info, size=size, frame_rate=info.frame_rate, first=0, count=999)
    return [number_of(frame) for frame in frames]


def silent(done: float) -> None: ...


def test_the_frames_between_in_and_out_come_one_piece_after_another(tmp_path: Path) -> None:
    first = movie(tmp_path / "first.mp4", frames=30, rate=Fraction(25))
    second = movie(
        tmp_path / "second.mov", frames=40, rate=Fraction(25), codec="prores_ks", pix_fmt="yuv422p10le"
    )
    out = tmp_path / "cut.mp4"
    told: list[float] = []
    cut_files.make(
        [piece(second, first=20, end=24), piece(first, first=3, end=6), piece(second, first=0, end=2)],
        out,
        cut=Cut(128, 80, Fraction(25)),
        told=told.append,
    )
    assert numbers(out) == [20, 21, 22, 23, 3, 4, 5, 0, 1]
    assert told[-1] > 0.9
    assert not runner.probe(out).has_audio


def test_an_image_of_any_size_fills_a_large_cut(tmp_path: Path) -> None:
    path = still(tmp_path / "panorama.png", size=(8200, 8))
    panorama = Piece(path=path, info=runner.probe(path), seconds=Fraction(1, 25))
    out = tmp_path / "cut.mp4"
    cut_files.make([panorama], out, cut=Cut(3840, 4, Fraction(25)), told=silent)
    info = runner.probe(out)
    assert (info.width, info.height, info.frame_count) == (3840, 4, 1)


def test_pieces_of_another_rate_and_size_are_made_to_fit(tmp_path: Path) -> None:
    tall = movie(tmp_path / "tall.mp4", frames=60, rate=Fraction(60), width=80, height=128)
    wide = movie(tmp_path / "wide.mp4", frames=24, rate=Fraction(24000, 1001))
    out, cut = tmp_path / "cut.mp4", Cut(64, 64, Fraction(30))
    cut_files.make([piece(tall, first=30, end=60), piece(wide, first=0, end=24)], out, cut=cut, told=silent)
    info = runner.probe(out)
    assert (info.width, info.height, info.frame_rate) == (64, 64, Fraction(30))
    assert info.frame_count == 15 + 30


def test_an_image_stands_for_its_seconds_and_is_cropped_around_its_focus(tmp_path: Path) -> None:
    film = movie(tmp_path / "film.mp4", frames=5)
    card = still(tmp_path / "card.png", size=(256, 64), colour=(0, 0, 255))
    out, cut = tmp_path / "cut.mp4", Cut(64, 64, Fraction(25))
    end = Piece(path=card, info=runner.probe(card), seconds=Fraction(2, 5))
    cut_files.make([piece(film, first=0, end=5), end], out, cut=cut, told=silent)
    info = runner.probe(out)
    assert info.frame_count == 15
    last = runner.frame(out, info=info, index=14, max_side=64).rgb
    assert np.abs(last[32, 32].astype(int) - (0, 0, 255)).max() < 6


def test_the_focus_says_which_part_stays(tmp_path: Path) -> None:
    film = movie(tmp_path / "film.mp4", frames=40)  # bars by number: 33 is the first and the last one
    left, right = tmp_path / "left.mp4", tmp_path / "right.mp4"
    for out, focus in ((left, (0, 500)), (right, (1000, 500))):
        cut = Cut(20, 80, Fraction(25))
        cut_files.make([piece(film, first=32, end=33, focus=focus)], out, cut=cut, told=silent)
    pictures = [runner.frame(out, info=runner.probe(out), index=0, max_side=80).rgb for out in (left, right)]
    assert pictures[0].mean() < 40
    assert pictures[1].mean() > 200


def test_sound_comes_with_its_frames_and_a_bed_lies_under_the_whole(tmp_path: Path) -> None:
    loud = movie(tmp_path / "loud.mp4", frames=50, sound=True)
    mute = movie(tmp_path / "mute.mp4", frames=50)
    out, cut = tmp_path / "cut.mp4", Cut(128, 80, Fraction(25))
    pieces = [piece(mute, first=0, end=25), piece(loud, first=10, end=35)]
    cut_files.make(pieces, out, cut=cut, told=silent)
    first, second = halves(out, tmp_path)
    assert first < 30 < second
    cut_files.make(pieces, out, cut=cut, own_sound=False, bed=(loud, runner.probe(loud)), told=silent)
    first, second = halves(out, tmp_path)
    assert first > second > 30  # it fades out


def halves(path: Path, folder: Path) -> tuple[float, float]:
    """How loud each of two seconds is."""
    info, out = runner.probe(path), folder / "heard.pcm"
    runner.sound(path, out, info=info, rate=8000)
    samples = np.abs(np.fromfile(out, "<i2").astype(float))
    return float(samples[:7600].mean()), float(samples[8400:16000].mean())
