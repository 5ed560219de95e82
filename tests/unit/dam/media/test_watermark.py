"""The words over a marked copy: everywhere, moving, and never a command."""

import re

from dam.media import watermark


def script(*lines: str, width: int = 1280, height: int = 720, duration_ms: int = 30_000) -> list[str]:
    made = watermark.script(lines, width=width, height=height, duration_ms=duration_ms)
    return [line for line in made.splitlines() if line.startswith("Dialogue:")]


def places(lines: list[str]) -> list[tuple[int, int]]:
    found = [re.search(r"\\move\((-?\d+),(\d+),", line) for line in lines]
    return [(int(each[1]), int(each[2])) for each in found if each]


def test_no_quarter_of_the_picture_is_without_it_at_any_time() -> None:
    lines = [line for line in script("Ada", "ada@example.com") if "0:00:00.00," in line]
    inside = places(lines)
    for left in (0, 640):
        for top in (0, 360):
            assert any(left <= x < left + 640 and top <= y < top + 360 for x, y in inside)


def test_it_moves_and_goes_on_where_it_was() -> None:
    first = [line for line in script("Ada") if ",0:00:16.00,Mark" in line]
    for line in first:
        move = re.search(r"\\move\((-?\d+),(\d+),(-?\d+),(\d+)\)", line)
        assert move is not None
        assert int(move[3]) > int(move[1])
        assert move[2] == move[4]


def test_it_lasts_longer_than_the_clip() -> None:
    last = script("Ada", duration_ms=3_600_000)[-1]
    assert last.split(",")[2] >= "1:00:00.00"


def test_a_name_is_no_command_and_no_second_line() -> None:
    line = script("{\\pos(0,0)}\nDialogue: x\u202e\\N", "a@example.com")[0]
    words = line.split("}", 1)[1]
    assert "{\\pos" not in words.replace("\\{", "")
    assert "\u202e" not in words
    assert words.count("\\N") == 1


def test_a_long_name_is_small_enough_to_be_read_whole_and_an_empty_one_is_a_mark() -> None:
    made = watermark.script(["W" * 64], width=640, height=360, duration_ms=1000)
    size = int(re.search(r"Style: Mark,Inter,(\d+),", made)[1])  # type: ignore[index]
    assert size * 64 * 0.62 <= 640
    assert script("\u202e", "")


def test_portrait_and_tiny_pictures_have_it_too() -> None:
    assert script("Ada", width=360, height=1280)
    assert script("Ada", width=16, height=16)
