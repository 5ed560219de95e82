"""What a WebP that moves says before anything of it is decoded."""

from pathlib import Path

import pytest

from dam.media import animations, budgets
from dam.media.errors import FileRefused
from tests import webp_factory
from tests.webp_factory import frame, whole

SHOWN = webp_factory.picture((0, 0, 0))


def written(folder: Path, content: bytes) -> Path:
    path = folder / "a.webp"
    path.write_bytes(content)
    return path


def test_each_picture_comes_when_those_before_it_have_been_shown(tmp_path: Path) -> None:
    path = webp_factory.animation(tmp_path / "a.webp", durations=[40, 70, 500, 33])
    animation = animations.read(path)
    assert animation is not None
    assert (list(animation.starts), animation.end) == ([0, 40, 110, 610], 643)
    assert (animation.width, animation.height) == webp_factory.SIZE


def test_a_picture_of_hardly_any_time_is_shown_as_long_as_browsers_show_it(tmp_path: Path) -> None:
    animation = animations.read(webp_factory.animation(tmp_path / "a.webp", durations=[0, 10, 11, 20]))
    assert animation is not None
    assert (list(animation.starts), animation.end) == ([0, 100, 200, 211], 231)


@pytest.mark.parametrize(
    "content",
    [
        b"RIFF" + bytes(4) + b"WEBP" + SHOWN,
        whole(SHOWN, flags=0),
        whole(frame(SHOWN, ms=100)),
        whole(b""),
        b"RIFF",
    ],
)
def test_what_has_no_second_picture_stands_still(content: bytes, tmp_path: Path) -> None:
    assert animations.read(written(tmp_path, content)) is None


LONGEST = 2**24 - 1  # ms, that one picture can be shown


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (whole(frame(SHOWN, ms=100) * 3)[:-1], "truncated"),
        (whole(frame(SHOWN, ms=100) * 3 + b"ANMF\xff\xff\x00\x00"), "truncated"),
        (whole(b"ANMF\x04\x00\x00\x00abcd"), "damaged"),
        (whole(frame(SHOWN, ms=LONGEST) * 2), "too_long"),
        (whole(frame(SHOWN, ms=100) * 2, canvas=(2**24, 2**24)), "too_wide"),
        (whole(frame(SHOWN, ms=100) * 2, canvas=(budgets.MAX_SIDE, budgets.MAX_SIDE)), "too_wide"),
    ],
)
def test_what_is_too_much_or_too_little_is_refused(content: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        animations.read(written(tmp_path, content))
    assert refused.value.code == code


def test_a_million_pictures_end_where_the_longest_film_does(tmp_path: Path) -> None:
    # Of no time each, and nothing in them: they count all the same, 100 ms each.
    path = written(tmp_path, whole(frame(b"", ms=0) * 1_000_000))
    with pytest.raises(FileRefused) as refused:
        animations.read(path)
    assert refused.value.code == "too_long"
