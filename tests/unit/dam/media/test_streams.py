"""Whether a movie that wasn't encoded for a rung of a stream can be it, by its playlist."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from dam.media import specs, streams
from dam.media.specs import Rung

from .test_probe import INFO

CLIP = replace(INFO, frame_rate=Fraction(25), frame_count=250, audio_index=None)
RUNG = Rung(1280, 23, most_kbps=1000)
USUAL = [(4, 500), (4, 500), (2, 250)]  # seconds, kilobytes


def playlist(segments: Sequence[tuple[float, int]]) -> str:
    return "".join(
        f"#EXTINF:{seconds:.6f},\n#EXT-X-BYTERANGE:{size * 1000}@0\nx.mp4\n" for seconds, size in segments
    )


@pytest.mark.parametrize(
    ("segments", "can_be"),
    [
        (USUAL, True),
        ([(4, 700), (4, 300), (2, 250)], True),
        ([(4, 800), (4, 500), (2, 250)], False),
        ([(4, 600), (4, 600), (2, 400)], False),
        ([(4.48, 500), (4, 500), (1.52, 250)], False),
        ([(4, 500), (4, 500)], False),
        ([], False),
    ],
    ids=[
        "as allowed",
        "more for a while",
        "too much at once",
        "too much for long",
        "cut elsewhere",
        "short",
        "none",
    ],
)
def test_it_has_the_segments_of_the_others_and_keeps_to_the_rate(
    segments: list[tuple[float, int]], can_be: bool
) -> None:
    assert streams.can_be(playlist(segments), RUNG, info=CLIP) is can_be


@pytest.mark.parametrize(
    ("rate", "frames"),
    [
        (Fraction(24), 96),
        (Fraction(24000, 1001), 96),
        (Fraction(25), 100),
        (Fraction(60000, 1001), 240),
        (Fraction(101, 10), 40),
        (Fraction(1, 5), 1),
    ],
)
def test_segments_are_whole_groups_at_every_rate(rate: Fraction, frames: int) -> None:
    assert specs.segment_frames(replace(INFO, frame_rate=rate)) == frames
