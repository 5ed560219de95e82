import json
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from dam.web import timecode
from provenance.web import marker_files
from provenance.web.marker_files import Clip, Mark
from provenance.web.marker_reading import reading

FILM, PAL, NTSC = Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)
CLIP = Clip("Bottle & can", "bottle.mp4", FILM, 240, 1920, 1080)
MARKS = [
    Mark(0, "Ada", "The logo flickers", False),
    Mark(47, "Zoë <b>", 'Too "dark" |D:500\n& blue\x00', True),
]


@pytest.mark.parametrize(
    ("frame", "rate", "shown"),
    [
        (0, NTSC, "00:00:00;00"),
        (1799, NTSC, "00:00:59;29"),
        (1800, NTSC, "00:01:00;02"),
        (3597, NTSC, "00:01:59;29"),
        (3598, NTSC, "00:02:00;02"),
        (17981, NTSC, "00:09:59;29"),
        (17982, NTSC, "00:10:00;00"),
        (107892, NTSC, "01:00:00;00"),
        (2589407, NTSC, "23:59:59;29"),
        (3600, Fraction(60000, 1001), "00:01:00;04"),
        (215784, Fraction(60000, 1001), "01:00:00;00"),
        (1440, FILM, "00:01:00:00"),
        (1500, PAL, "00:01:00:00"),
        (1800, Fraction(30), "00:01:00:00"),
    ],
)
def test_timecode_drops_numbers_where_editing_programs_do(frame: int, rate: Fraction, shown: str) -> None:
    assert timecode.smpte(frame, rate=rate) == shown


def test_drop_frame_counts_every_frame_once_and_stays_with_the_clock() -> None:
    codes = [timecode.smpte(frame, rate=NTSC) for frame in range(108_000)]
    assert len(set(codes)) == len(codes)
    assert codes == sorted(codes)
    for hour in (1, 7, 23):
        at = timecode.first_of_hour(hour, rate=NTSC)
        assert timecode.smpte(at, rate=NTSC) == f"{hour:02}:00:00;00"
        assert abs(at / NTSC - hour * 3600) < Fraction(1, 10)


@pytest.mark.parametrize(
    ("rate", "mode", "span"),
    [
        (FILM, "NON-DROP FRAME", "01:00:01:23 01:00:02:00"),
        (PAL, "NON-DROP FRAME", "01:00:01:22 01:00:01:23"),
        (NTSC, "DROP FRAME", "01:00:01;17 01:00:01;18"),
    ],
)
def test_an_edl_has_an_event_with_a_marker_for_each(rate: Fraction, mode: str, span: str) -> None:
    lines = "".join(marker_files.edl(replace(CLIP, rate=rate), MARKS, hour=1)).splitlines()
    assert lines[:2] == ["TITLE: Bottle & can", f"FCM: {mode}"]
    assert lines[-2] == f"002  001      V     C        {span} {span}"
    assert lines[-1] == ' |C:ResolveColorGreen |M:Zoë <b>: Too "dark" /D:500 & blue |D:1'
    assert len(lines) == 2 + 2 * 3


def test_fcpxml_places_markers_in_exact_fractions_of_a_second() -> None:
    text = "".join(marker_files.fcpxml(CLIP, MARKS))
    root = ElementTree.fromstring(text)
    gap = root.find(".//gap")
    assert gap is not None
    assert gap.attrib == {"name": "Bottle & can", "offset": "0s", "start": "0s", "duration": "1001/100s"}
    first, second = gap.findall("marker")
    assert (first.get("start"), first.get("duration"), first.get("completed")) == ("0s", "1001/24000s", "0")
    assert second.get("start") == str(47 / FILM) + "s" == "47047/24000s"
    assert second.get("note") == 'Too "dark" |D:500\n& blue'
    assert second.get("completed") == "1"


@pytest.mark.parametrize(
    ("rate", "hour", "start", "form"),
    [(FILM, 1, "18018/5s", "NDF"), (PAL, 1, "3600s", "NDF"), (NTSC, 1, "8999991/2500s", "DF")],
)
def test_fcpxml_begins_at_the_hour_of_its_timecode(rate: Fraction, hour: int, start: str, form: str) -> None:
    root = ElementTree.fromstring("".join(marker_files.fcpxml(replace(CLIP, rate=rate), [], hour=hour)))
    sequence = root.find(".//sequence")
    assert sequence is not None
    if rate == FILM:
        start = str(86400 / FILM) + "s"
    assert (sequence.get("tcStart"), sequence.get("tcFormat")) == (start, form)


@pytest.mark.parametrize("marks", [[], MARKS[:1], MARKS])
def test_opentimelineio_counts_frames_at_the_rate(marks: list[Mark]) -> None:
    timeline = json.loads("".join(marker_files.otio(CLIP, marks, hour=1)))
    assert timeline["OTIO_SCHEMA"] == "Timeline.1"
    assert timeline["global_start_time"]["value"] == 86400
    clip = timeline["tracks"]["children"][0]["children"][0]
    assert clip["source_range"]["duration"] == {
        "OTIO_SCHEMA": "RationalTime.1",
        "rate": 24000 / 1001,
        "value": 240,
    }
    found = [
        (each["marked_range"]["start_time"]["value"], each["name"], each["comment"], each["color"])
        for each in clip["markers"]
    ]
    said = [(each.frame, each.person, each.words, "GREEN" if each.resolved else "RED") for each in marks]
    assert found == said


def test_a_title_that_looks_like_the_place_of_the_markers_breaks_nothing() -> None:
    odd = replace(CLIP, title='"markers": null', file_name='"markers": null')
    timeline = json.loads("".join(marker_files.otio(odd, MARKS)))
    assert timeline["name"] == '"markers": null'
    assert len(timeline["tracks"]["children"][0]["children"][0]["markers"]) == 2


RANGE = [Mark(24, "Ada", "Too fast", False, 48)]


def test_a_range_is_as_long_in_each_file_as_in_the_clip() -> None:
    clip = replace(CLIP, rate=PAL)
    assert "01:00:00:24 01:00:02:22 01:00:00:24 01:00:02:22" in "".join(marker_files.edl(clip, RANGE, hour=1))
    assert "|D:48" in "".join(marker_files.edl(clip, RANGE))
    marker = ElementTree.fromstring("".join(marker_files.fcpxml(clip, RANGE))).find(".//marker")
    assert marker is not None
    assert (marker.get("start"), marker.get("duration")) == ("24/25s", "48/25s")
    timeline = json.loads("".join(marker_files.otio(clip, RANGE)))
    marked = timeline["tracks"]["children"][0]["children"][0]["markers"][0]["marked_range"]
    assert (marked["start_time"]["value"], marked["duration"]["value"]) == (24, 48)


def test_places_of_a_sound_fall_into_the_frames_of_a_timeline() -> None:
    sound = Clip("Jingle", "jingle.wav", timecode.SOUND_RATE, 8_010, 0, 0, is_sound=True)
    marks = [Mark(5512, "Ada", "A click", False), Mark(1000, "Ada", "Too loud", False, frames=1001)]
    clip, moved = marker_files.counted_in(sound, marks, rate=PAL)
    assert (clip.rate, clip.frames) == (PAL, 201)
    assert [(mark.frame, mark.frames) for mark in moved] == [(137, 1), (25, 26)]
    whole = "".join(marker_files.fcpxml(clip, []))
    assert '<format id="r1" frameDuration="1/25s"/>' in whole
    assert json.loads("".join(marker_files.otio(sound, marks)))["tracks"]["children"][0]["kind"] == "Audio"


@pytest.mark.parametrize("rate", [Fraction(each) for each in marker_files.SOUND_RATES])
@pytest.mark.parametrize("kind", ["edl", "fcpxml", "otio"])
def test_a_marker_that_came_into_a_sound_goes_out_at_the_same_frame(kind: str, rate: Fraction) -> None:
    sound = Clip("Mix", "mix.wav", timecode.SOUND_RATE, 8_000, 0, 0, is_sound=True)
    sent = [Mark(frame, "Ada", f"At {frame}", False, frames) for frame in range(30) for frames in (1, 2, 7)]
    timeline = replace(sound, rate=rate, frames=int(8 * rate))
    file = "".join(marker_files.FORMATS[kind].pieces(timeline, sent, hour=0)).encode()
    found = reading.read(file, rate=timecode.SOUND_RATE, frames=8_000, coded=rate)
    came = [Mark(each.frame or 0, "Ada", each.words, False, each.frames) for each in found.marks]
    _clip, back = marker_files.counted_in(sound, came, rate=rate)
    assert [(each.frame, each.frames) for each in back] == [(each.frame, each.frames) for each in sent]


@pytest.mark.parametrize("kind", ["otio", "csv"])
@pytest.mark.parametrize("frames", [1, 2, 40, 43, 44])
def test_a_short_range_of_a_sound_comes_back_as_it_was(kind: str, frames: int) -> None:
    sound = Clip("Mix", "mix.wav", timecode.SOUND_RATE, 8_000, 0, 0, is_sound=True)
    file = f"frame,end_frame,person,comment\n500,{499 + frames},Ada,A click\n"
    if kind == "otio":
        file = "".join(marker_files.otio(sound, [Mark(500, "Ada", "A click", False, frames)]))
    found = reading.read(file.encode(), rate=timecode.SOUND_RATE, frames=8_000, coded=Fraction(25))
    assert [(each.frame, each.frames) for each in found.marks] == [(500, frames)]


@pytest.mark.parametrize("rate", [Fraction(each) for each in marker_files.SOUND_RATES])
@pytest.mark.parametrize("kind", ["edl", "fcpxml"])
def test_a_range_to_the_end_of_a_sound_comes_back_as_far_as_that_goes(kind: str, rate: Fraction) -> None:
    sound = Clip("Mix", "mix.wav", timecode.SOUND_RATE, 8_010, 0, 0, is_sound=True)
    sent = [Mark(6_000, "Ada", "Fade out", False, 2_010)]
    file = "".join(
        marker_files.FORMATS[kind].pieces(*marker_files.counted_in(sound, sent, rate=rate), hour=0)
    )
    found = reading.read(file.encode(), rate=timecode.SOUND_RATE, frames=8_010, coded=rate)
    assert [(each.frame, each.frames) for each in found.marks] == [(6_000, 2_010)]
