"""What is exported comes back at the same frames, and no file does harm."""

import time
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.web import marker_files
from provenance.web.marker_files import Clip, Mark
from provenance.web.marker_reading import reading
from provenance.web.marker_reading.places import Left, Read, Reason, Unreadable

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(2997, 125),
]
MARKS = [
    Mark(0, "Ada", "The logo flickers", False),
    Mark(1799, "Ada", "Too dark", True, 3),
    Mark(17982, "Ada", "Here", False),
]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("kind", ["edl", "fcpxml", "otio"])
@pytest.mark.parametrize("hour", [0, 1])
def test_what_is_exported_comes_back_at_the_same_frames(kind: str, rate: Fraction, hour: int) -> None:
    clip = Clip("Bottle", "bottle.mp4", rate, 20000, 1920, 1080)
    content = "".join(marker_files.FORMATS[kind].pieces(clip, MARKS, hour=hour)).encode()
    found = reading.read(content, rate=rate, frames=20000, hour=hour if kind == "edl" else None)
    assert (found.kind, found.left) == (kind, ())
    assert [(each.frame, each.frames) for each in found.marks] == [(0, 1), (1799, 3), (17982, 1)]
    assert all("Too dark" in each.words for each in found.marks[1:2])


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("kind", ["edl", "fcpxml", "otio"])
def test_every_frame_of_ten_minutes_comes_back(kind: str, rate: Fraction) -> None:
    """By every 7th, and those around each minute, where drop-frame leaves out numbers."""
    nominal = round(rate)
    around = [minute * 60 * nominal + off for minute in range(11) for off in range(-22, 3)]
    places = sorted({frame for frame in around if frame >= 0} | set(range(0, nominal * 30, 7)))[:499]
    clip = Clip("Bottle", "bottle.mp4", rate, 60 * 660 * nominal, 1920, 1080)
    marks = [Mark(frame, "Ada", str(frame), False) for frame in places]
    content = "".join(marker_files.FORMATS[kind].pieces(clip, marks, hour=1)).encode()
    found = reading.read(content, rate=rate, frames=clip.frames, hour=1 if kind == "edl" else None)
    assert [each.frame for each in found.marks] == places


@pytest.mark.parametrize("kind", ["fcpxml", "otio"])
@pytest.mark.parametrize("rate", RATES[:-1])
def test_the_rate_that_a_file_states_is_told(kind: str, rate: Fraction) -> None:
    clip = Clip("Bottle", "bottle.mp4", rate, 20000, 1920, 1080)
    content = "".join(marker_files.FORMATS[kind].pieces(clip, MARKS)).encode()
    assert reading.read(content, rate=Fraction(24), frames=20000).rate == rate


def test_markers_of_another_rate_stand_at_their_time() -> None:
    clip = Clip("Bottle", "bottle.mp4", Fraction(25), 100, 1920, 1080)
    marks = [Mark(25, "Ada", "A second in", False)]
    content = "".join(marker_files.fcpxml(clip, marks)).encode()
    assert [each.frame for each in reading.read(content, rate=Fraction(50), frames=200).marks] == [50]


FCPXML = (
    '<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.11"><resources>'
    '<format id="r1" frameDuration="1/25s"/><asset id="a1" start="3600s"/></resources><library><event>'
    '<project><sequence format="r1" tcStart="0s" duration="8s">{sequence}<spine>{spine}</spine></sequence>'
    "</project></event></library></fcpxml>"
)
CLIP = '<asset-clip ref="a1" offset="{offset}s" start="{start}s" duration="4s">{inner}</asset-clip>'
# Of a clip with 200 frames at 25 a second: what stands in the spine, and what is read of it.
SPINES = {
    "a marker": (
        CLIP.format(offset=4, start=3602, inner='<marker start="3603s" value="Dark"/>'),
        [Read(125, 1, "Dark")],
    ),
    "a chapter": (
        CLIP.format(offset=0, start=3600, inner='<chapter-marker start="3601s" value="Chapter 2"/>'),
        [Read(25, 1, "Chapter 2")],
    ),
    "a to-do that is long": (
        CLIP.format(offset=0, start=3600, inner='<marker start="3601s" duration="2s" value="A" note="B"/>'),
        [Read(25, 50, "A\nB")],
    ),
    "a note of a clip": (
        CLIP.format(offset=4, start=3600, inner="<note>Grade &amp; mix</note>"),
        [Read(100, 100, "Grade & mix")],
    ),
    "the second of two in a row": (
        CLIP.format(offset=0, start=3600, inner="")
        + '<gap duration="4s" start="0s"><marker start="1s" value="In the gap"/></gap>',
        [Read(125, 1, "In the gap")],
    ),
}


@pytest.mark.parametrize("name", SPINES)
def test_markers_chapters_and_notes_of_final_cut_stand_where_their_clip_does(name: str) -> None:
    spine, expected = SPINES[name]
    found = reading.read(FCPXML.format(sequence="", spine=spine).encode(), rate=Fraction(25), frames=200)
    assert (list(found.marks), found.left, found.rate) == (expected, (), Fraction(25))


def test_a_note_of_the_sequence_is_on_the_whole_clip() -> None:
    content = FCPXML.format(sequence="<note>For Ada</note>", spine="").encode()
    found = reading.read(content, rate=Fraction(25), frames=200)
    assert found.marks == (Read(None, 1, "For Ada"),)


EVENT = "TITLE: x\nFCM: {fcm}\n\n001  001      V     C        {code} {code} {code} {code}\n"
# The rate, the lines of an EDL, and the frames and words that are read of it.
EDLS = {
    "Resolve's marker": (
        Fraction(25),
        EVENT.format(fcm="NON-DROP FRAME", code="00:00:01:05") + " |C:ResolveColorBlue |M:Too dark |D:10\n",
        [(30, 10, "Too dark")],
    ),
    "a speed change beside it": (
        Fraction(25),
        EVENT.format(fcm="NON-DROP FRAME", code="00:00:01:05")
        + "M2   001       012.5                00:00:01:05\n* FROM CLIP NAME: x.mov\n"
        + " |C:ResolveColorBlue |M:Slow |D:1\n",
        [(30, 1, "Slow")],
    ),
    "Avid's locator": (
        Fraction(25),
        "TITLE: x\n* LOC: 00:00:02:00 RED     Logo is wrong\n",
        [(50, 1, "Logo is wrong")],
    ),
    "drop-frame": (
        Fraction(30000, 1001),
        EVENT.format(fcm="DROP FRAME", code="00:01:00;02") + " |C:ResolveColorRed |M:Here |D:1\n",
        [(1800, 1, "Here")],
    ),
    "non-drop at a rate that can drop": (
        Fraction(30000, 1001),
        EVENT.format(fcm="NON-DROP FRAME", code="00:01:00:02") + " |C:ResolveColorRed |M:Here |D:1\n",
        [(1802, 1, "Here")],
    ),
}


@pytest.mark.parametrize("name", EDLS)
def test_an_edl_is_read_as_its_program_writes_it(name: str) -> None:
    rate, content, expected = EDLS[name]
    found = reading.read(content.encode(), rate=rate, frames=2000)
    assert [(each.frame, each.frames, each.words) for each in found.marks] == expected
    assert found.hour == 0


PREMIERE = (
    "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t\r\n"
    "Größe\tToo small\t00:00:01:00\t00:00:01:00\t00:00:00:00\tComment\t\r\n"
    "\tToo fast\t00:00:02:00\t00:00:03:05\t00:00:01:05\tComment\t\r\n"
)
PREMIERE_READ = [Read(25, 1, "Größe\nToo small"), Read(50, 30, "Too fast")]
FRAME_IO = (
    "Commenter,Comment,Timecode In,Timecode Out,Timecode Source In,Frame,Duration\n"
    "Ada,Too dark,00:00:01:00,,10:00:01:00,25,0\nBob,“Too” fast,00:00:02:00,,10:00:02:00,50,5\n"
)
FRAME_IO_READ = [Read(25, 1, "Too dark", "Ada"), Read(50, 5, "“Too” fast", "Bob")]
OURS = "id,reply_to,frame,timecode,end_frame,person,comment\n1,,25,00:00:01:00,30,Ada,'=Dark\n"
OURS_READ = [Read(25, 6, "=Dark", "Ada")]
# Tables of other programs at 25 frames a second, and in which letters.
SHEETS: dict[str, tuple[bytes, list[Any]]] = {
    "Premiere's in UTF-16": (PREMIERE.encode("utf-16"), PREMIERE_READ),
    "Premiere's in UTF-16 from the other end": (b"\xfe\xff" + PREMIERE.encode("utf-16-be"), PREMIERE_READ),
    "Premiere's in UTF-16 without a mark": (PREMIERE.encode("utf-16-le"), PREMIERE_READ),
    "Premiere's in Latin-1": (PREMIERE.encode("latin-1"), PREMIERE_READ),
    "Premiere's in UTF-8 with a mark": (PREMIERE.encode("utf-8-sig"), PREMIERE_READ),
    "Frame.io's": (FRAME_IO.encode(), FRAME_IO_READ),
    "ours": (OURS.encode("utf-8-sig"), OURS_READ),
    "ours, saved with semicolons": (OURS.replace(",", ";").encode(), OURS_READ),
    "one that says its separator": (b"sep=;\r\n" + OURS.replace(",", ";").encode(), OURS_READ),
    "times of a clock": (b"time,comment,start\n,Dark,0:01\n,Loud,00:00:01.52\n", [25, 38]),
}


@pytest.mark.parametrize("name", SHEETS)
def test_tables_are_read_as_their_program_writes_them(name: str) -> None:
    content, expected = SHEETS[name]
    found = reading.read(content, rate=Fraction(25), frames=200)
    read = list(found.marks)
    assert ([each.frame for each in read] if isinstance(expected[0], int) else read) == expected
    assert (found.kind, found.left) == ("csv", ())


def test_premiere_says_drop_frame_with_semicolons_throughout() -> None:
    content = "Marker Name\tDescription\tIn\tOut\tDuration\nA\t\t00;01;00;02\t00;01;02;02\t00;00;02;00\n"
    found = reading.read(content.encode("utf-16"), rate=Fraction(30000, 1001), frames=20000)
    assert found.marks == (Read(1800, 60, "A"),)


def test_a_table_without_the_columns_says_which_it_needs() -> None:
    with pytest.raises(Unreadable, match="Timecode In"):
        reading.read(b"comment,colour\nDark,red\n", rate=Fraction(25), frames=10)


def test_a_timecode_that_the_rate_does_not_have_is_told() -> None:
    content = EVENT.format(fcm="NON-DROP FRAME", code="00:00:01:29") + " |C:ResolveColorRed |M:Here |D:1\n"
    found = reading.read(content.encode(), rate=Fraction(25), frames=200)
    assert found.left == (Left(Reason.NO_PLACE, "00:00:01:29", "Here"),)


def test_the_hour_of_an_edl_is_told_from_its_first_marker() -> None:
    clip = Clip("Bottle", "bottle.mp4", Fraction(30000, 1001), 20000, 1920, 1080)
    content = "".join(marker_files.edl(clip, MARKS, hour=10)).encode()
    found = reading.read(content, rate=clip.rate, frames=clip.frames)
    assert (found.hour, [each.frame for each in found.marks]) == (10, [0, 1799, 17982])


def test_a_marker_outside_the_clip_is_left_out_and_told() -> None:
    content = b"frame,end_frame,comment\n5,,In\n8,12,Over the end\n,,Whole\n"
    found = reading.read(content, rate=Fraction(25), frames=10)
    assert found.marks == (Read(5, 1, "In"), Read(None, 1, "Whole"))
    assert [each.reason for each in found.left] == [Reason.OUTSIDE]


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE fcpxml [<!ENTITY a "b">]><fcpxml/>',
        b"{" * 2_000,
        b'{"a":' * 100_000,
        b"<fcpxml>" + b"<a>" * 5000,
        b"x" * (reading.MOST_BYTES + 1),
        b"\0\1",
        b"frame,comment\n" + b"1,Word\n" * 501,
        b"frame,comment\n",
    ],
)
def test_hostile_files_are_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        reading.read(content, rate=Fraction(25), frames=100)


def nested(depth: int, inner: str) -> str:
    return '{"OTIO_SCHEMA":"Track","children":[' * depth + inner + "]}" * depth


COSTLY = {
    "spaces in an EDL": "TITLE: x\n1 AX V C 00:00:00:00 00:00:00:01\n|C:x" + " " * 1_000_000 + "y",
    "rows without a word": "frame,comment\n" + ",\n" * 500_000,
    "a row of many columns": "frame,comment" + ",a" * 400_000 + "\n" + "1,x\n" * 490,
    "times of many denominators": "<fcpxml><sequence><spine>"
    + "".join(f'<gap duration="1/{999_999_999_989 + each}s"/>' for each in range(30_000))
    + '<gap><marker start="0s" value="x"/></gap></spine></sequence></fcpxml>',
    "tracks in tracks": nested(95, ",".join(['{"OTIO_SCHEMA":"Clip"}'] * 40_000)),
}


@pytest.mark.parametrize("name", COSTLY)
def test_no_file_costs_more_than_its_size(name: str) -> None:
    """Seconds of this process, of which each took minutes where it is read without care."""
    begun = time.process_time()
    with suppress(Unreadable):
        reading.read(COSTLY[name].encode(), rate=Fraction(25), frames=100)
    assert time.process_time() - begun < 20


BEGUN = [b"", b"<fcpxml>", b'{"OTIO_SCHEMA":', b"TITLE: x\n", b"frame,comment\n", b"\xff\xfe"]


@given(st.sampled_from(BEGUN), st.binary(max_size=400))
def test_no_bytes_raise_anything_else(begun: bytes, rest: bytes) -> None:
    with suppress(Unreadable):
        reading.read(begun + rest, rate=Fraction(30000, 1001), frames=100)
