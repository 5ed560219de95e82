"""What was done to a film or an image is told, whatever it was; and of others that they're others."""

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from dam.media import copy_changes, ffmpeg
from dam.media.copy_changes import Changes, Pictures, Seen
from tests.unit.dam.media.test_fingerprints import encoded, scene

SHOTS = 4  # of two seconds each
Told = Callable[[Changes], Any]
FOLDER = TemporaryDirectory(prefix="copy-changes-")  # gone with the process


@cache
def film(seed: int = 0) -> Path:
    """Shots of something that moves, as a cut film has them."""
    pictures = [each for shot in range(SHOTS) for each in scene(100 * seed + shot, shown=range(50))]
    path = Path(FOLDER.name) / f"film{seed}.mp4"
    encoded(pictures, path, crf=18)
    return path


def made(*how: str, of: Path | None = None, suffix: str = ".mp4") -> Path:
    source = of or film()
    path = Path(FOLDER.name) / f"{source.stem}-{abs(hash(how))}{suffix}"
    if not path.exists():
        command = [ffmpeg.binary(), "-v", "error", "-y", "-i", str(source), *how, str(path)]
        subprocess.run(command, check=True)
    return path


@cache
def seen(path: Path) -> Seen:
    """As the decoder process gives it, small."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = []
        for frame in container.decode(stream):
            small = Image.fromarray(frame.to_ndarray(format="rgb24"))
            small.thumbnail((copy_changes.SIDE, copy_changes.SIDE), Image.Resampling.BOX)
            time = (
                0
                if frame.pts is None or stream.time_base is None
                else round(frame.pts * stream.time_base * 1000)
            )
            frames.append((time, np.asarray(small)))
    if len(frames) == 1:
        return Seen(0, ((0, frames[0][1]),))
    step = frames[1][0] - frames[0][0]
    length = frames[-1][0] + step
    every, kept, due = copy_changes.every_ms(length), [], 0
    for time, picture in frames:
        if time >= due:
            kept.append((time, picture))
            due += every
    return Seen(length, tuple(kept))


@cache
def compared(how: tuple[str, ...]) -> Changes:
    return copy_changes.compare(seen(film()), seen(made(*how)))


def filtered(graph: str) -> tuple[str, ...]:
    return ("-vf", graph, "-crf", "26")


def spans(found: Changes) -> list[tuple[float, ...]]:
    """In tenths of seconds."""
    return [
        tuple(round(ms / 100) / 10 for ms in (each.one_start, each.one_end, each.two_start, each.two_end))
        for each in found.pieces
    ]


ANEW = filtered("null")
CUT: dict[str, tuple[tuple[str, ...], list[tuple[float, ...]]]] = {
    "encoded anew": (ANEW, [(0, 8, 0, 8)]),
    "cut at the start": (("-ss", "3", "-crf", "26"), [(3, 8, 0, 5)]),
    "cut at the end": (("-t", "5", "-crf", "26"), [(0, 5, 0, 5)]),
    "cut at both": (("-ss", "1.4", "-t", "4", "-crf", "26"), [(1.4, 5.4, 0, 4)]),
    "cut in the middle": (
        filtered("select='not(between(n,75,124))',setpts=N/25/TB"),
        [(0, 3, 0, 3), (5, 8, 3, 6)],
    ),
    "in another order": (
        ("-filter_complex", "[0]split[a][b];[a]trim=4:8,setpts=PTS-STARTPTS[x];[b]trim=0:4[y];[x][y]concat"),
        [(0, 4, 4, 8), (4, 8, 0, 4)],
    ),
    "faster": (filtered("setpts=PTS/1.25,fps=25"), [(0, 8, 0, 6.4)]),
    "slower": (filtered("setpts=PTS*2,fps=25"), [(0, 8, 0, 16)]),
    "as PAL": (filtered("setpts=PTS*24/25,fps=25"), [(0, 8, 0, 7.7)]),
    "half the rate": (filtered("fps=12.5"), [(0, 8, 0, 8)]),
}


@pytest.mark.parametrize("case", CUT)
def test_which_time_of_one_is_in_the_other_is_told(case: str) -> None:
    how, expected = CUT[case]
    found = compared(how)
    assert found.pictures is Pictures.ALIKE
    assert len(found.pieces) == len(expected), spans(found)
    for told, wanted in zip(spans(found), expected, strict=True):
        assert told == pytest.approx(wanted, abs=0.21), spans(found)


@pytest.mark.parametrize(
    ("case", "speed"), [("faster", 1.25), ("slower", 0.5), ("as PAL", 25 / 24), ("cut at both", 1.0)]
)
def test_another_speed_is_told(case: str, speed: float) -> None:
    assert compared(CUT[case][0]).speed == pytest.approx(speed, abs=0.01)


CROPPED = {
    "on all sides": ("crop=iw*0.8:ih*0.8", (0.1, 0.1, 0.1, 0.1)),
    "to a corner": ("crop=iw*0.62:ih*0.62:iw*0.3:ih*0.05", (0.3, 0.05, 0.08, 0.33)),
    "upright": ("crop=ih*9/16:ih", (0.342, 0, 0.342, 0)),
    "and mirrored": ("crop=iw*0.7:ih*0.7:0:0,hflip", (0, 0, 0.3, 0.3)),
}


@pytest.mark.parametrize("case", CROPPED)
def test_which_part_of_the_picture_is_left_is_estimated(case: str) -> None:
    graph, cut = CROPPED[case]
    found = compared(filtered(graph))
    assert (found.pictures, found.shows_less, found.mirrored) == (Pictures.ALIKE, 2, "mirrored" in case)
    assert found.cut == pytest.approx(cut, abs=0.03), found.cut


def test_it_is_told_whichever_of_the_two_was_cropped() -> None:
    found = copy_changes.compare(seen(made(*filtered("crop=iw*0.8:ih*0.8"))), seen(film()))
    assert (found.pictures, found.shows_less) == (Pictures.ALIKE, 1)
    assert found.cut == pytest.approx((0.1, 0.1, 0.1, 0.1), abs=0.03)


LOOKS: dict[str, tuple[str, Told]] = {
    "mirrored": ("hflip", lambda found: found.mirrored),
    "letterboxed": ("pad=iw:ih+80:0:40", lambda found: found.bars[1][1] > 0.1 and found.bars[1][3] > 0.1),
    "stretched": ("scale=320:240,setsar=1", lambda found: found.stretch == pytest.approx(0.75, abs=0.03)),
    "brighter": ("eq=brightness=0.1", lambda found: found.grade.brightness > 10),
    "darker": ("eq=brightness=-0.1", lambda found: found.grade.brightness < -10),
    "more contrast": ("eq=contrast=1.3", lambda found: found.grade.contrast > 1.12),
    "without colour": ("hue=s=0", lambda found: found.grade.saturation < 0.2),
    "warmer": ("colorbalance=rm=0.3:bm=-0.3", lambda found: found.grade.warmth > 8),
    "a logo": (
        "drawbox=x=iw*0.76:y=ih*0.06:w=iw*0.18:h=ih*0.18:color=white:t=fill",
        lambda found: found.changed == ("top-right",),
    ),
}


@pytest.mark.parametrize("case", LOOKS)
def test_what_was_done_to_the_picture_is_told(case: str) -> None:
    graph, told = LOOKS[case]
    found = compared(filtered(graph))
    assert found.pictures is Pictures.ALIKE
    assert told(found), found
    assert found.shows_less == 0, found.cut
    assert spans(found) == [pytest.approx((0, 8, 0, 8), abs=0.1)]


@pytest.mark.parametrize("graph", ["null", "scale=160:90", "scale=640:360"])
def test_of_what_was_only_encoded_anew_or_scaled_nothing_else_is_told(graph: str) -> None:
    found = compared(filtered(graph))
    assert found.pictures is Pictures.ALIKE
    assert not found.grade.changed, found.grade
    assert (found.mirrored, found.shows_less, found.stretch, found.changed, found.speed) == (
        False,
        0,
        1.0,
        (),
        1.0,
    )
    assert found.bars[0] == found.bars[1]


def test_several_changes_are_told_apart() -> None:
    found = compared(
        filtered("trim=1:6,setpts=(PTS-STARTPTS)/1.25,fps=25,hflip,crop=iw*0.7:ih*0.7,eq=brightness=0.08")
    )
    assert (found.pictures, found.mirrored, found.shows_less) == (Pictures.ALIKE, True, 2)
    assert found.speed == pytest.approx(1.25, abs=0.02)
    assert spans(found)[0] == pytest.approx((1, 6, 0, 4), abs=0.3)
    assert found.grade.brightness > 8


@pytest.mark.parametrize("seed", range(1, 7))
def test_other_films_are_others(seed: int) -> None:
    found = copy_changes.compare(seen(film()), seen(film(seed)))
    assert found.pictures is Pictures.OTHER
    assert not found.pieces


def take(name: str, way: Callable[[int], tuple[int, int]]) -> Path:
    """Something small that moves on its way before a ground that all takes have."""
    pictures = []
    for number in range(75):
        picture, (x, y) = scene(7)[0].copy(), way(number)
        ImageDraw.Draw(picture).ellipse((x - 22, y - 22, x + 22, y + 22), fill=(250, 240, 60))
        pictures.append(picture)
    path = Path(FOLDER.name) / f"take-{name}.mp4"
    encoded(pictures, path, crf=18)
    return path


def test_two_takes_of_one_setting_are_not_the_same_pictures() -> None:
    one = take("across", lambda number: (40 + 3 * number, 60))
    found = copy_changes.compare(seen(one), seen(take("down", lambda number: (250, 20 + 2 * number))))
    assert (found.pictures, found.timed) == (Pictures.SETTING, False)
    copy = copy_changes.compare(seen(one), seen(made("-ss", "1", "-crf", "28", of=one)))
    assert (copy.pictures, copy.timed) == (Pictures.ALIKE, True)
    assert spans(copy) == [pytest.approx((1, 3, 0, 2), abs=0.15)]


def still(*how: str, at: str = "1") -> Path:
    return made("-ss", at, "-frames:v", "1", *how, suffix=".png")


STILLS: dict[str, tuple[tuple[str, ...], Told]] = {
    "the same": ((), lambda found: found.shows_less == 0 and not found.mirrored),
    "cropped": (("-vf", "crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1"), lambda found: found.shows_less == 2),
    "mirrored": (("-vf", "hflip"), lambda found: found.mirrored),
    "smaller": (("-vf", "scale=160:-2"), lambda found: found.shows_less == 0),
}


@pytest.mark.parametrize("case", STILLS)
def test_images_are_compared_too(case: str) -> None:
    how, told = STILLS[case]
    found = copy_changes.compare(seen(still()), seen(still(*how)))
    assert (found.pictures, found.timed, found.pieces) == (Pictures.ALIKE, False, ())
    assert told(found), found


def test_other_images_are_others() -> None:
    for at in ("3", "5", "7"):
        assert copy_changes.compare(seen(still()), seen(still(at=at))).pictures is Pictures.OTHER


def test_an_image_is_found_in_its_film() -> None:
    found = copy_changes.compare(seen(film()), seen(still(at="5")))
    assert found.pictures is Pictures.ALIKE
    assert found.at_ms == pytest.approx(5000, abs=200)
    assert copy_changes.compare(seen(still(at="5")), seen(film())).at_ms == pytest.approx(5000, abs=200)


def test_where_nothing_is_to_be_seen_that_is_told() -> None:
    black = made("-vf", "drawbox=color=black:t=fill")
    assert copy_changes.compare(seen(film()), seen(black)).pictures is Pictures.UNKNOWN
    assert copy_changes.compare(Seen(0, ()), seen(film())).pictures is Pictures.UNKNOWN


def test_of_a_picture_that_stands_no_times_are_told() -> None:
    stands = made("-vf", "trim=end_frame=1,loop=199:1,setpts=N/25/TB")
    found = copy_changes.compare(seen(stands), seen(made(*ANEW, of=stands)))
    assert (found.pictures, found.timed, found.pieces) == (Pictures.ALIKE, False, ())


def test_of_long_films_no_more_frames_are_looked_at() -> None:
    assert 6 * 3_600_000 / copy_changes.every_ms(6 * 3_600_000) <= copy_changes.MOST
    assert copy_changes.every_ms(2000) == copy_changes.LEAST_MS
