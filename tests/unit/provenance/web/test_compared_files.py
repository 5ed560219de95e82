"""What was found of two files is said in words, and what can't be told too."""

from dataclasses import asdict, replace
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone

from dam.media.copy_changes import Changes, Grade, Pictures
from dam.media.probe import MediaInfo
from dam.media.time_mapping import Piece
from provenance.manifests.public_checks import PublicCheck
from provenance.manifests.public_comparisons import NO_PICTURES, TOO_LONG, Looked
from provenance.web import compared_files
from provenance.web.compared_files import Compared

AT = timezone.now()
CHECKS = [PublicCheck(id=name, filename=name, size=1000, at=AT, sha256=name) for name in ("one", "two")]
INFO = MediaInfo(
    container="MP4",
    video_codec="h264",
    video_index=0,
    width=320,
    height=180,
    rotation=0,
    mirrored=False,
    pixel_aspect=Fraction(1),
    pixel_format="yuv420p",
    transfer="sdr",
    interlaced=False,
    frame_rate=Fraction(25),
    variable_rate=False,
    frame_count=200,
    duration_ms=8000,
    first_pts=Fraction(0),
)
SAME = Changes(Pictures.ALIKE, likeness=1.0, pieces=(Piece(0, 8000, 0, 8000),), timed=True, exact_ms=40)
WHOLE = (0.0, 0.0, 0.0, 0.0)


def said(changes: Changes | None, *, looked: tuple[Looked, ...] = (), **kept: Any) -> Compared:
    looks = looked or (Looked(INFO.to_json()), Looked(replace(INFO, **kept).to_json()))
    found = {"changes": asdict(changes) if changes else None, "looked": [asdict(each) for each in looks]}
    return compared_files.of(found, CHECKS, exact=False)


def pieces(*spans: tuple[int, int, int, int]) -> Changes:
    return replace(SAME, pieces=tuple(Piece(*span) for span in spans))


TIMES: dict[str, tuple[Changes, int, list[str]]] = {
    "all": (SAME, 8000, ["All of A is in B, from beginning to end, and B has nothing else."]),
    "a piece": (
        pieces((2000, 6000, 0, 4000)),
        4000,
        [
            "All of B is in A.",
            "A from 0:02.0–0:06.0 is B from 0:00.0–0:04.0.",
            "Missing in B: 0:00.0–0:02.0, the beginning of A; 0:06.0–0:08.0, the end of A.",
        ],
    ),
    "within another": (
        pieces((0, 8000, 1000, 9000)),
        10_000,
        [
            "All of A is in B.",
            "A from 0:00.0–0:08.0 is B from 0:01.0–0:09.0.",
            "Only in B: 0:00.0–0:01.0, the beginning of B; 0:09.0–0:10.0, the end of B.",
        ],
    ),
    "without its middle": (
        pieces((0, 3000, 0, 3000), (5000, 8000, 3000, 6000)),
        6000,
        ["All of B is in A.", "Missing in B: 0:03.0–0:05.0, in the middle of A."],
    ),
    "turned round": (
        pieces((0, 4000, 4000, 8000), (4000, 8000, 0, 4000)),
        8000,
        [
            "All of A is in B, from beginning to end, and B has nothing else.",
            "The pieces stand in another order in B.",
        ],
    ),
    "faster": (
        replace(pieces((0, 8000, 0, 6400)), speed=1.25),
        6400,
        [
            "All of A is in B, from beginning to end, and B has nothing else.",
            "B plays 1.25 times as fast as A.",
        ],
    ),
    "still": (
        replace(SAME, pieces=(), timed=False),
        8000,
        ["Which times belong together can't be told: hardly anything moves, or it's in another order."],
    ),
    "seldom looked": (
        replace(pieces((60_000, 8000, 0, 4000)), at_ms=61_000, exact_ms=500),
        8000,
        ["The image is to be seen in the video at about 1:01."],
    ),
}


@pytest.mark.parametrize("case", TIMES)
def test_times_are_said(case: str) -> None:
    changes, length, sentences = TIMES[case]
    assert list(said(changes, duration_ms=length).times) == sentences


PICTURE: dict[str, tuple[Changes, dict[str, Any], list[str]]] = {
    "the same": (SAME, {}, []),
    "smaller": (SAME, {"width": 160, "height": 90}, ["B has 160 × 90 pixels instead of 320 × 180."]),
    "mirrored": (replace(SAME, mirrored=True), {}, ["B is mirrored."]),
    "framed": (
        replace(SAME, bars=(WHOLE, (0.1, 0, 0.1, 0))),
        {},
        ["B has black bars on the left and right."],
    ),
    "wide": (replace(SAME, stretch=1.2), {}, ["B is stretched: 20% too wide."]),
    "graded": (
        replace(SAME, grade=Grade(brightness=12, contrast=0.8, warmth=-9)),
        {},
        ["Beside A, B is brighter, lower in contrast and cooler."],
    ),
    "grey": (replace(SAME, grade=Grade(saturation=0.0, tint=20)), {}, ["Beside A, B is without colour."]),
    "a logo": (
        replace(SAME, changed=("top-right",)),
        {},
        ["Something else is to be seen at the top right, such as a logo or captions."],
    ),
    "another rate": (SAME, {"frame_rate": Fraction(30)}, ["B has 30 fps instead of 25 fps."]),
}


@pytest.mark.parametrize("case", PICTURE)
def test_what_was_done_to_the_picture_is_said(case: str) -> None:
    changes, kept, sentences = PICTURE[case]
    found = said(changes, **kept)
    assert list(found.picture) == sentences
    title = "The same pictures, changed" if sentences else "The same pictures, encoded anew"
    assert found.headline.title == title


def test_what_is_cut_off_is_drawn_and_said() -> None:
    part = said(replace(SAME, shows_less=2, cut=(0.3, 0.0, 0.1, 0.05))).part
    assert part is not None
    assert (part.left, part.top, part.width, part.height) == (30, 0, 60, 95)
    assert part.sentence == (
        "B shows a part of the picture of A. "
        "Cut off: about 30% on the left, 10% on the right and 5% at the bottom."
    )


def test_a_player_learns_which_moments_belong_together() -> None:
    found = said(replace(pieces((2000, 7000, 0, 4000)), speed=1.25), duration_ms=4000)
    assert (found.offset_ms, found.speed) == (-1600, 1.25)


def test_what_cant_be_compared_is_said() -> None:
    sound = said(None, looked=(Looked(INFO.to_json()), Looked(problem=NO_PICTURES)))
    assert sound.headline.title == "Their pictures can't be compared"
    assert "B has no pictures, only sound." in sound.notes
    blank = said(Changes(Pictures.UNKNOWN))
    assert "Too little is to be seen" in blank.headline.sentence
    setting = said(replace(SAME, pictures=Pictures.SETTING, pieces=(), timed=False, mirrored=True))
    assert setting.headline.title == "They look alike, but may be two takes"
    assert said(Changes(Pictures.OTHER)).headline.title == "No common pictures found"
    late = said(None, looked=(Looked(INFO.to_json()), Looked(INFO.to_json(), TOO_LONG)))
    assert "Decoding the pictures of B took too long." in late.notes


def test_how_far_a_long_video_was_compared_is_said() -> None:
    looked = (Looked(INFO.to_json(), until_ms=40_000), Looked(INFO.to_json()))
    assert any("Only the first 0:40 of A was compared" in note for note in said(SAME, looked=looked).notes)


def test_facts_stand_side_by_side() -> None:
    facts = {fact.title: fact for fact in said(SAME, video_codec="hevc").facts}
    assert (facts["Video codec"].one, facts["Video codec"].two, facts["Video codec"].differs) == (
        "H.264",
        "H.265 (HEVC)",
        True,
    )
    assert not facts["Resolution"].differs


A_IN_PART = (Looked(INFO.to_json(), until_ms=5000), Looked(INFO.to_json()))
B_IN_PART = A_IN_PART[::-1]
BEGINNING = pieces((0, 5000, 0, 5000))


@pytest.mark.parametrize("looked", [A_IN_PART, B_IN_PART])
def test_what_wasnt_looked_at_is_said_to_be_neither_missing_nor_there(looked: tuple[Looked, ...]) -> None:
    times = said(BEGINNING, looked=looked).times
    assert not [each for each in times if "Missing" in each or "Only in" in each or "All of" in each]
    assert times == ("A from 0:00.0–0:05.0 is B from 0:00.0–0:05.0.",)


def test_what_is_whole_is_told_beside_what_was_looked_at_in_part() -> None:
    later = pieces((1000, 5000, 0, 4000))
    assert "Missing in B: 0:00.0–0:01.0, the beginning of A." in said(later, looked=A_IN_PART).times
    assert not [each for each in said(later, looked=B_IN_PART).times if "Missing" in each]
    assert "All of A is in B." in said(SAME, looked=(Looked(INFO.to_json()), A_IN_PART[0])).times


def test_a_damaged_rest_took_no_time() -> None:
    notes = said(BEGINNING, looked=(replace(A_IN_PART[0], problem="damaged"), A_IN_PART[1])).notes
    assert "Only the first 0:05 of A was compared: the rest can't be decoded." in notes
