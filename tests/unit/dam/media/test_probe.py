import json
from dataclasses import replace
from fractions import Fraction

from dam.media.probe import MediaInfo

INFO = MediaInfo(
    container="MP4",
    video_codec="h264",
    video_index=0,
    width=720,
    height=576,
    rotation=0,
    mirrored=False,
    pixel_aspect=Fraction(16, 15),
    pixel_format="yuv420p",
    transfer="sdr",
    interlaced=False,
    frame_rate=Fraction(24000, 1001),
    variable_rate=False,
    frame_count=48,
    duration_ms=2002,
    first_pts=Fraction(1, 3),
    warnings=("Its sound can't be decoded.",),
)


def test_facts_survive_json() -> None:
    held = replace(INFO, holds=((0, 748),), closed=((74, 1),))
    assert MediaInfo.from_json(json.loads(json.dumps(held.to_json()))) == held


def test_an_unknown_key_is_ignored() -> None:
    assert MediaInfo.from_json(INFO.to_json() | {"later": 1}) == INFO


def test_shown_width_is_in_square_pixels() -> None:
    assert INFO.shown_width == 768


def test_sound_is_told_by_its_stream() -> None:
    assert not INFO.has_audio
    assert replace(INFO, audio_index=1).has_audio
