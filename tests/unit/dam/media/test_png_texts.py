"""The text chunks of PNG: read as file tags, never a reason to refuse a picture."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL.PngImagePlugin import PngInfo

from dam.media import runner
from dam.media.embedded_metadata import CONTAINER, XMP
from tests import embedded_factory as factory


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def text(word: str, said: bytes) -> bytes:
    return chunk(b"tEXt", word.encode() + b"\0" + said)


def compressed(word: str, said: bytes) -> bytes:
    return chunk(b"zTXt", word.encode() + b"\0\0" + zlib.compress(said))


def international(word: str, said: bytes, *, packed: bool = False) -> bytes:
    head = word.encode() + bytes([0, packed, 0]) + b"en\0" + word.encode() + b"\0"
    return chunk(b"iTXt", head + (zlib.compress(said) if packed else said))


def png(path: Path, *chunks: bytes, behind: bool = False, packet: bytes = b"") -> Path:
    factory.picture(path, packet=packet)
    data = path.read_bytes()
    place = len(data) - 12 if behind else 33  # before IEND, or behind IHDR
    path.write_bytes(data[:place] + b"".join(chunks) + data[place:])
    return path


WAYS = {
    "tEXt": lambda word, said: text(word, said.encode("latin-1")),
    "tEXt in UTF-8": lambda word, said: text(word, said.encode()),
    "zTXt": lambda word, said: compressed(word, said.encode("latin-1")),
    "iTXt": lambda word, said: international(word, said.encode()),
    "iTXt, compressed": lambda word, said: international(word, said.encode(), packed=True),
}


@pytest.mark.parametrize("behind", [False, True], ids=["before the pixels", "behind them"])
@pytest.mark.parametrize("way", WAYS)
def test_a_png_says_what_its_texts_say(tmp_path: Path, way: str, *, behind: bool) -> None:
    said = {
        "Title": "Käpt'n",
        "Author": "Ada",
        "Description": "It walks.",
        "Copyright": "© Aster",
        "Comment": "Take 2",
        "parameters": "a penguin\nSteps: 20",
        "Software": "Glacier",
    }
    path = png(tmp_path / "a.png", *(WAYS[way](word, words) for word, words in said.items()), behind=behind)
    found = runner.probe(path).embedded
    assert found.texts == {
        "title": "Käpt'n",
        "creator": "Ada",
        "description": "It walks.",
        "copyright": "© Aster",
        "comment": "Take 2",
        "ai_prompt": "a penguin\nSteps: 20",
    }
    assert (set(found.sources.values()), found.unread) == ({CONTAINER}, ())


def test_texts_say_what_xmp_leaves_out(tmp_path: Path) -> None:
    texts = text("Title", b"Old"), text("Comment", b"Take 2")
    found = runner.probe(png(tmp_path / "a.png", *texts, packet=factory.with_title("New"))).embedded
    assert (found.texts["title"], found.sources["title"]) == ("New", XMP)
    assert (found.texts["comment"], found.sources["comment"]) == ("Take 2", CONTAINER)


def test_xmp_may_be_compressed(tmp_path: Path) -> None:
    packet = international("XML:com.adobe.xmp", factory.with_title("Penguin"), packed=True)
    found = runner.probe(png(tmp_path / "a.png", packet)).embedded
    assert (found.texts["title"], found.sources["title"]) == ("Penguin", XMP)


BOMB = bytes(200 * 1024**2)


@pytest.mark.parametrize("behind", [False, True], ids=["before the pixels", "behind them"])
@pytest.mark.parametrize("kind", ["zTXt", "iTXt"])
def test_text_that_grows_without_end_is_told_and_the_picture_taken(
    tmp_path: Path, kind: str, *, behind: bool
) -> None:
    bomb = (
        compressed("Comment", BOMB)
        if kind == "zTXt"
        else international("XML:com.adobe.xmp", BOMB, packed=True)
    )
    path = png(tmp_path / "a.png", text("Title", b"Penguin"), bomb, behind=behind)
    found = runner.probe(path).embedded
    assert (found.texts, found.unread) == ({"title": "Penguin"}, (CONTAINER,))
    plain = runner.still(factory.picture(tmp_path / "plain.png"), max_side=64)
    assert np.array_equal(runner.still(path, max_side=64), plain)


def test_a_hundred_texts_of_a_mebibyte_are_not_kept(tmp_path: Path) -> None:
    info = PngInfo()
    for number in range(100):
        info.add_text(f"Word {number}", "a" * 1024**2, zip=True)
    path = factory.picture(tmp_path / "plain.png")
    data = path.read_bytes()
    further = b"".join(chunk(kind, content) for kind, content, *_rest in info.chunks)
    path.write_bytes(data[:33] + further + data[33:])
    assert runner.probe(path).embedded.unread == (CONTAINER,)


@pytest.mark.parametrize(
    "odd",
    [
        chunk(b"tEXt", b"Title"),
        chunk(b"tEXt", b""),
        chunk(b"zTXt", b"Title\0\0no zlib"),
        chunk(b"zTXt", b"Title\0"),
        chunk(b"iTXt", b"Title\0"),
        chunk(b"iTXt", b"Title\0\1\0en\0"),
        chunk(b"iTXt", b"Title\0\1\0en\0\0no zlib"),
        chunk(b"iTXt", b"Title\0\0\0en\0\0\xff\xfe"),
    ],
)
def test_damaged_texts_are_passed_over(tmp_path: Path, odd: bytes) -> None:
    found = runner.probe(png(tmp_path / "a.png", odd, text("Comment", b"Take 2"))).embedded
    assert found.texts == {"comment": "Take 2"}
