from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dam.media import cutting
from dam.media.cutting import Heard
from dam.media.presets import Box
from tests.unit.dam.media.test_probe import INFO


@pytest.mark.parametrize(
    ("size", "focus", "expected"),
    [
        ((1280, 720), (500, 500), Box(0, 0, 1920, 1080)),
        ((720, 1280), (0, 500), Box(0, 0, 608, 1080)),
        ((720, 1280), (1000, 500), Box(1312, 0, 608, 1080)),
        ((1000, 500), (500, 0), Box(0, 0, 1920, 960)),
    ],
)
def test_what_stays_lies_around_the_focus(
    size: tuple[int, int], focus: tuple[int, int], expected: Box
) -> None:
    assert (
        cutting.box(replace(INFO, width=1920, height=1080, pixel_aspect=Fraction(1)), size, focus=focus)
        == expected
    )


def test_each_piece_has_its_sound_to_the_sample_and_silence_where_it_has_none(tmp_path: Path) -> None:
    own, out = tmp_path / "own.pcm", tmp_path / "out.pcm"
    np.full((48_000, 2), 700, "<i2").tofile(own)
    rate = Fraction(30000, 1001)
    heard = [Heard(None, Fraction(0), 7), Heard(own, Fraction(0), 11), Heard(own, Fraction(9, 10), 13)]
    cutting.lay_sound(out, heard, rate=rate)
    samples = np.fromfile(out, "<i2").reshape(-1, 2)
    bounds = [round(frame * 48_000 / rate) for frame in (7, 18, 31)]
    assert len(samples) == bounds[-1]
    assert not samples[: bounds[0]].any()
    assert (samples[bounds[0] : bounds[1]] == 700).all()
    assert (samples[bounds[1] : bounds[1] + 4800] == 700).all()
    assert not samples[bounds[1] + 4800 :].any()


def test_a_bed_is_added_and_fades_out_and_what_is_too_loud_is_cut_off(tmp_path: Path) -> None:
    own, bed, out = (tmp_path / name for name in ("own", "bed", "out"))
    np.full((96_000, 2), 30_000, "<i2").tofile(own)
    np.full((96_000, 2), 4_000, "<i2").tofile(bed)
    cutting.lay_sound(out, [Heard(own, Fraction(0), 50)], rate=Fraction(25), bed=bed, level=0.5)
    samples = np.fromfile(out, "<i2").reshape(-1, 2)[:, 0]
    assert samples[0] == 32_000
    assert samples[72_000] == 31_000  # half of the last second is left
    assert samples[-1] == 30_000
    cutting.lay_sound(out, [Heard(own, Fraction(0), 50)], rate=Fraction(25), bed=own)
    assert np.fromfile(out, "<i2").max() == 32_767
