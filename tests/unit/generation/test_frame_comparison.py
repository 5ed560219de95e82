"""How alike two clips of one request are."""

import numpy as np
import pytest

from generation import frame_comparison
from generation.frame_comparison import Figures, Outcome

CHANCE = np.random.default_rng(7)
CLIP = CHANCE.integers(0, 256, (5, 24, 32, 3), dtype=np.uint8)


def test_the_same_frames_differ_in_nothing() -> None:
    assert frame_comparison.compare(CLIP, CLIP.copy()) == Figures(frames=5, differing=0, psnr=None, ssim=1.0)


def test_a_pixel_that_differs_is_counted_and_looks_the_same() -> None:
    other = CLIP.copy()
    other[2, 3, 4] ^= 1
    figures = frame_comparison.compare(CLIP, other)
    assert (figures.frames, figures.differing) == (5, 1)
    assert figures.psnr is not None
    assert figures.psnr > 70
    assert figures.look_the_same


def test_the_worst_frame_counts() -> None:
    other = CLIP.copy()
    other[1] = 255 - other[1]
    other[3, 0, 0] ^= 1
    figures = frame_comparison.compare(CLIP, other)
    assert figures.differing == 2
    assert figures.psnr is not None
    assert figures.psnr < 15
    assert not figures.look_the_same


def test_structure_counts_where_noise_is_low() -> None:
    """A flat picture with fine grain that is gone: 40 dB and more, yet the grain is seen to be missing."""
    flat = np.full((1, 64, 64, 3), 128, np.uint8)
    grain = flat.copy()
    grain[:, ::2] += 2
    figures = frame_comparison.compare(flat, grain)
    assert figures.psnr is not None
    assert figures.psnr > 40
    assert figures.ssim is not None
    assert figures.ssim < 0.99


def test_what_one_clip_has_more_differs() -> None:
    figures = frame_comparison.compare(CLIP, CLIP[:3])
    assert (figures.frames, figures.differing, figures.longer) == (5, 2, 2)
    assert not figures.look_the_same


def test_pictures_smaller_than_a_window_are_compared_whole() -> None:
    small = CLIP[:, :4, :4]
    assert frame_comparison.compare(small, 255 - small).ssim is not None


def test_frames_of_two_sizes_are_no_comparison() -> None:
    with pytest.raises(ValueError, match="can't be compared"):
        frame_comparison.compare(CLIP, CLIP[:, :8])


def test_the_digest_is_over_the_bytes_alone() -> None:
    import hashlib

    assert frame_comparison.digest(CLIP) == hashlib.sha256(CLIP.tobytes()).hexdigest()
    assert frame_comparison.digest(CLIP[:, ::-1]) == hashlib.sha256(CLIP[:, ::-1].tobytes()).hexdigest()


ALIKE = Figures(frames=5, differing=0, psnr=None, ssim=1.0)
NEARLY = Figures(frames=5, differing=1, psnr=52.0, ssim=0.999)
FAR = Figures(frames=5, differing=5, psnr=21.0, ssim=0.7)


@pytest.mark.parametrize(
    ("then", "now", "figures", "outcome"),
    [
        ("a", "a", ALIKE, Outcome.IDENTICAL),
        ("a", "a", NEARLY, Outcome.IDENTICAL),  # encoded by another FFmpeg
        ("a", "a", FAR, Outcome.DIFFERENT),  # the file shows something else than was recorded
        ("a", "b", ALIKE, Outcome.SAME),
        ("a", "b", NEARLY, Outcome.SAME),
        ("a", "b", FAR, Outcome.DIFFERENT),
        ("", "b", ALIKE, Outcome.IDENTICAL),
        ("", "b", NEARLY, Outcome.SAME),
        ("", "b", FAR, Outcome.DIFFERENT),
    ],
)
def test_what_it_is_called(then: str, now: str, figures: Figures, outcome: Outcome) -> None:
    assert frame_comparison.judge(sha256_then=then, sha256_now=now, figures=figures) is outcome
