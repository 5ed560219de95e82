"""Drawings as they are sent: what is kept of them, and what is refused."""

import json
import re
from typing import Any

import pytest

from provenance.review import drawings
from provenance.review.drawings import DrawingRefused
from tests.conftest import BASE_DIR


def line(**changes: Any) -> dict[str, Any]:
    points = [[0.1, 0.2, 0.5], [0.3, 0.4, 0.6]]
    return {"kind": "pencil", "colour": "red", "width": 0.006, "points": points, **changes}


def sent(*shapes: Any) -> str:
    return json.dumps({"v": 1, "shapes": list(shapes)})


def test_a_drawing_is_kept_as_it_was_sent() -> None:
    box = line(kind="rectangle", points=[[0.1, 0.2], [0.5, 0.6]])
    text = line(kind="text", points=[[0.5, 0.5]], text="Logo", width=0.06)
    assert drawings.read(sent(line(), box, text)) == {"v": 1, "shapes": [line(), box, text]}


@pytest.mark.parametrize("text", ["", "  ", '{"v": 1, "shapes": []}'])
def test_nothing_drawn_is_no_drawing(text: str) -> None:
    assert drawings.read(text) is None


def test_what_isn_t_known_is_left_out() -> None:
    kept = drawings.read(sent(line(onload="alert(1)", text="x")))
    assert kept is not None
    assert kept["shapes"] == [line()]


def test_points_far_outside_are_brought_to_the_edge_and_decimals_cut() -> None:
    kept = drawings.read(sent(line(points=[[-5, 0.123456], [7, 2, 9]], width=99)))
    assert kept is not None
    assert kept["shapes"][0]["points"] == [[-0.25, 0.1235, 0.5], [1.25, 1.25, 1.0]]
    assert kept["shapes"][0]["width"] == drawings.MOST_WIDTH


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "null",
        '{"shapes": {}}',
        '{"shapes": [1]}',
        "[" * 100_000,
        sent(line(kind="script")),
        sent(line(kind=["pencil"])),
        sent(line(colour="url(http://nowhere.example/)")),
        sent(line(colour=["red"])),
        sent(line(width="wide")),
        sent(line(width=True)),
        sent(line(points=[])),
        sent(line(points=[[0.1]])),
        sent(line(points=[["0.1", 0.2]])),
        sent(line(points="0.1,0.2")),
        sent(line(kind="arrow", points=[[0, 0]])),
        sent(line(kind="arrow", points=[[0, 0], [1, 1], [0, 1]])),
        sent(line(kind="text", points=[[0, 0]])),
        sent(line(kind="text", points=[[0, 0]], text=" \0 ")),
        sent(line(kind="text", points=[[0, 0]], text="x" * (drawings.LONGEST_TEXT + 1))),
        '{"shapes": [{"kind": "pencil", "colour": "red", "width": NaN, "points": [[0, 0]]}]}',
        '{"shapes": [{"kind": "pencil", "colour": "red", "width": 1e999, "points": [[0, 0]]}]}',
        f'{{"shapes": [{{"kind": "pencil", "colour": "red", "width": 1{"0" * 400}, "points": [[0, 0]]}}]}}',
    ],
)
def test_what_is_no_drawing_is_refused_with_a_way_on(text: str) -> None:
    with pytest.raises(DrawingRefused, match="Draw it again, or send your comment without it"):
        drawings.read(text)


@pytest.mark.parametrize(
    "text",
    [
        sent(*[line()] * (drawings.MOST_SHAPES + 1)),
        sent(line(points=[[0.5, 0.5]] * (drawings.MOST_POINTS + 1))),
        " " * drawings.MOST_CHARACTERS + sent(line()),
    ],
)
def test_one_that_is_too_large_says_what_fits(text: str) -> None:
    with pytest.raises(DrawingRefused, match="up to 200 shapes and 5,000 points"):
        drawings.read(text)


def test_its_words_are_those_written_into_it() -> None:
    drawing = drawings.read(sent(line(), line(kind="text", points=[[0, 0]], text="Wrong  logo")))
    assert drawings.words(drawing) == "Wrong logo"
    assert drawings.words(None) == ""


@pytest.mark.parametrize(
    ("typed", "kept"), [("a\ud800b", "a?b"), ("invoice\u202egpj", "invoicegpj"), ("a\0b", "ab")]
)
def test_what_nobody_sees_is_left_out_of_its_words(typed: str, kept: str) -> None:
    assert drawings.words(drawings.read(sent(line(kind="text", points=[[0, 0]], text=typed)))) == kept


def test_a_long_line_is_short_in_the_page() -> None:
    drawing = drawings.read(sent(line(points=[[n / 5000, 0.5] for n in range(5000)])))
    assert drawing is not None
    (path,) = drawings.elements(drawing, width=200, height=100)
    assert path["attributes"]["d"].count("L") <= drawings.SHOWN_POINTS
    assert path["attributes"]["d"].endswith("200.0 50.0")


def test_shapes_are_drawn_in_pixels_of_the_picture() -> None:
    shapes = [
        line(kind="rectangle", points=[[0.5, 0.5], [0.25, 0.1]]),
        line(kind="ellipse", points=[[0, 0], [1, 1]]),
        line(kind="arrow", points=[[0, 0.5], [1, 0.5]]),
        line(kind="text", points=[[0.5, 0.5]], text="<b>"),
        line(points=[[0.5, 0.5]]),
    ]
    drawing = drawings.read(sent(*shapes))
    assert drawing is not None
    box, ellipse, arrow, text, dot = drawings.elements(drawing, width=200, height=100)
    assert {name: box["attributes"][name] for name in ("x", "y", "width", "height")} == {
        "x": 50.0,
        "y": 10.0,
        "width": 50.0,
        "height": 40.0,
    }
    assert (ellipse["attributes"]["rx"], ellipse["attributes"]["cy"]) == (100.0, 50.0)
    assert arrow["attributes"]["d"].startswith("M0.0 50.0L200.0 50.0 M")
    assert text["text"] == "<b>"
    assert dot["attributes"]["d"] == "M100.0 50.0L100.0 50.0"


def test_what_draws_in_the_browser_knows_the_same_kinds_colours_and_limits() -> None:
    shapes, board, styles = (
        (BASE_DIR / "dam/static/dam" / path).read_text(encoding="utf-8")
        for path in ("js/drawing/shapes.js", "js/drawing/board.js", "css/components/drawing.css")
    )
    tools = (BASE_DIR / "templates/components/drawing_tools.html").read_text(encoding="utf-8")

    def limit(name: str) -> int:
        found = re.search(rf"const {name} = (\d+);", board)
        assert found is not None
        return int(found[1])

    assert dict(re.findall(r'(\w+): "(#\w{6})"', shapes)) == drawings.COLOURS
    swatches = dict(re.findall(r"\.drawing-(\w+) \{\s*--drawn: (#\w+);", styles))
    assert swatches == drawings.COLOURS
    assert re.findall(r'name="colour" value="(\w+)"', tools) == list(drawings.COLOURS)
    assert re.findall(r'name="tool" value="(\w+)"', tools) == [*drawings.Kind, "eraser"]
    assert limit("MOST_SHAPES") == drawings.MOST_SHAPES
    assert limit("MOST_POINTS") == drawings.MOST_POINTS
    assert limit("LONGEST_TEXT") == drawings.LONGEST_TEXT


@pytest.mark.parametrize(
    ("shape", "is_seen"),
    [
        (line(points=[[1.1, 0.5, 0.5], [1.2, 0.6, 0.5]]), False),
        (line(points=[[-0.2, -0.2, 0.5], [0.5, -0.1, 0.5]]), False),
        (line(points=[[-0.2, 0.5, 0.5], [0.1, 0.5, 0.5]]), True),
        (line(kind="rectangle", points=[[-0.1, -0.1], [1.1, 1.1]]), True),
        (line(kind="text", points=[[-0.1, 0.5]], text="Logo", width=0.06), True),
        (line(kind="text", points=[[1.1, 0.5]], text="Logo", width=0.06), False),
    ],
)
def test_what_lies_wholly_beside_the_picture_is_refused(shape: dict[str, Any], is_seen: bool) -> None:
    if is_seen:
        assert drawings.read(sent(shape)) == {"v": 1, "shapes": [shape]}
    else:
        with pytest.raises(DrawingRefused):
            drawings.read(sent(shape))
