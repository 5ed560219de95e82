"""The pages of a PDF of comments, read back."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from provenance.comment_pdfs import document, letters, pictures
from provenance.comment_pdfs.sheet import Head, Picture, Said, Thread, Written
from provenance.review import drawings

AT = datetime(2026, 11, 29, 10, 3, tzinfo=UTC)
HEAD = Head("Summer spot", "Comments on version 2", [("Content hash (SHA-256)", "ab" * 32)])
GREY = np.full((180, 320, 3), 90, np.uint8)


def thread(words: str, *, answers: tuple[str, ...] = (), picture: Picture | None = None) -> Thread:
    said = [Said("Bo", "12:00", each) for each in answers]
    return Thread("00:00:01:07 · frame 31", Said("Ada", "11:03", words), said, "Unresolved", (), picture)


def written(folder: Path, *threads: Thread, head: Head = HEAD) -> tuple[PdfReader, Written]:
    out = folder / "out.pdf"
    told = document.write(out, head, threads, language="de", at=AT)
    return PdfReader(io.BytesIO(out.read_bytes())), told


def text(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def root(reader: PdfReader) -> dict[str, Any]:
    return cast(dict[str, Any], reader.trailer["/Root"])


def jpeg(folder: Path, drawing: drawings.Drawing | None = None) -> Path:
    path = folder / "frame.jpg"
    pictures.with_drawing(GREY, drawing).save(path, "JPEG", quality=pictures.QUALITY)
    return path


def drawn(
    kind: str, colour: str, points: list[list[float]], width: float = 0.05, words: str = ""
) -> Image.Image:
    shape = {"kind": kind, "colour": colour, "width": width, "points": points, "text": words}
    return pictures.with_drawing(GREY, {"v": 1, "shapes": [shape]})


def test_head_words_answers_and_state_are_there(tmp_path: Path) -> None:
    reader, told = written(tmp_path, thread("Logo zu klein – größer?", answers=("Done", "Thanks")))
    found = text(reader)
    for words in (
        "Summer spot",
        "Comments on version 2",
        "ab" * 32,
        "Logo zu klein – größer?",
        "Done",
        "Thanks",
    ):
        assert words in found
    assert "00:00:01:07 · frame 31 · Unresolved" in found
    assert told == Written(threads=1, undrawn=0, missing_frames=0)


def test_it_has_title_language_and_a_bookmark_for_each_thread(tmp_path: Path) -> None:
    reader, _ = written(tmp_path, thread("One"), thread("Two"))
    assert reader.metadata is not None
    assert reader.metadata.title == "Summer spot"
    assert root(reader)["/Lang"] == "de"
    assert [str(getattr(each, "title", "")) for each in reader.outline][1:] == [
        "00:00:01:07 · frame 31 · Ada: One",
        "00:00:01:07 · frame 31 · Ada: Two",
    ]


def test_a_frame_stands_with_its_drawing_and_is_described(tmp_path: Path) -> None:
    line = {"kind": "pencil", "colour": "red", "width": 0.1, "points": [[0.2, 0.5, 0.5], [0.8, 0.5, 0.5]]}
    path = jpeg(tmp_path, {"v": 1, "shapes": [line]})
    reader, _ = written(tmp_path, thread("Here", picture=Picture(path, "The frame at 00:00:01:07")))
    (image,) = reader.pages[0].images
    assert image.image is not None
    red, green, blue = image.image.convert("RGB").getpixel((160, 90))  # type: ignore[misc]
    assert red > 200
    assert green < 110
    assert blue < 110
    assert image.image.convert("RGB").getpixel((20, 20)) == pytest.approx((90, 90, 90), abs=4)
    assert b"00:00:01:07" in (tmp_path / "out.pdf").read_bytes().replace(b"\x00", b"")


@pytest.mark.parametrize(
    ("kind", "points", "at"),
    [
        ("pencil", [[0.5, 0.5, 0.5]], (160, 90)),
        ("arrow", [[0.1, 0.5], [0.9, 0.5]], (160, 90)),
        ("rectangle", [[0.25, 0.25], [0.75, 0.75]], (160, 45)),
        ("ellipse", [[0.25, 0.25], [0.75, 0.75]], (160, 45)),
    ],
)
def test_each_shape_is_where_it_was_drawn(kind: str, points: list[list[float]], at: tuple[int, int]) -> None:
    made = drawn(kind, "blue", points)
    assert made.getpixel(at) == pytest.approx((10, 132, 255), abs=6)
    assert made.getpixel((10, 10)) == (90, 90, 90)


def test_what_is_written_in_a_drawing_is_drawn() -> None:
    made = np.asarray(drawn("text", "white", [[0.1, 0.1]], width=0.3, words="שלום HERE"))
    assert (made == 255).all(axis=2).sum() > 100


def test_what_is_drawn_across_the_edge_ends_there() -> None:
    made = drawn("arrow", "green", [[-0.2, 0.5], [1.2, 0.5]])
    assert made.size == (320, 180)
    assert made.getpixel((0, 90)) == pytest.approx((50, 215, 75), abs=6)


def test_letters_that_no_font_has_are_named_and_the_whole_text_is_attached(tmp_path: Path) -> None:
    reader, told = written(tmp_path, thread("色が違う 👍 ok"))
    found = text(reader)
    assert told.undrawn == 5
    assert "U+8272" in found
    assert "U+1F44D" in found
    assert "ok" in found
    assert "色が違う 👍 ok" in reader.attachments["comments.txt"][0].decode()


def test_nothing_is_attached_where_everything_is_drawn(tmp_path: Path) -> None:
    reader, told = written(tmp_path, thread("Привет, Ελλάδα, ✓ →"))
    assert told.undrawn == 0
    assert not reader.attachments


def test_scripts_read_from_the_right_can_be_read_back(tmp_path: Path) -> None:
    reader, told = written(tmp_path, thread("שלום"), thread("مرحبا"))
    assert told.undrawn == 0
    assert any(each in text(reader) for each in ("שלום", "םולש"))


@pytest.mark.parametrize(
    "words",
    [
        "{nb} {total_pages}",
        "**bold** __under__ [link](https://evil.example)",
        "<img src=file:///etc/passwd> <a href='https://evil.example'>x</a>",
        ") Tj ET endstream endobj /OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        "https://evil.example/?a=b javascript:alert(1)",
    ],
)
def test_hostile_words_stay_words(tmp_path: Path, words: str) -> None:
    reader, _ = written(tmp_path, thread(words), head=Head(words, words, [(words, words)]))
    assert "JavaScript" not in str(root(reader).get("/OpenAction", ""))
    assert "/AA" not in root(reader)
    for page in reader.pages:
        assert not page.get("/Annots")
    assert words in text(reader) or words.replace(" ", "") in text(reader).replace(" ", "")


def test_marks_that_turn_the_reading_direction_go(tmp_path: Path) -> None:
    assert letters.drawable("invoice\u202egpj.exe").text == "invoicegpj.exe"


def test_a_frame_that_is_missing_is_told(tmp_path: Path) -> None:
    reader, told = written(tmp_path, thread("Here", picture=Picture(None, "x")))
    assert told.missing_frames == 1
    assert "couldn't be decoded" in text(reader)


def test_a_long_thread_goes_on_over_pages_and_loses_nothing(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(1500)]
    reader, _ = written(tmp_path, thread(" ".join(words)), thread("x" * 3000))
    found = text(reader)
    assert len(reader.pages) > 2
    assert [each for each in words if each not in found] == []
    assert found.count("x") >= 3000


def test_without_threads_it_says_so(tmp_path: Path) -> None:
    assert "There are no comments to show here." in text(written(tmp_path)[0])
