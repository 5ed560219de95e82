"""XMP in TIFF, GIF, SVG, AVIF, WAV and MP3: written into copies that are the same, and read back."""

import contextlib
import io
import struct
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from dam.media import boxes, drawing_parts, drawings, ffmpeg, runner, xmp, xmp_embedding, xmp_packet
from dam.media.embedded_metadata import CONTAINER, XMP
from dam.media.xmp_files import avif, gif, mp3, svg, tiff, wav
from dam.media.xmp_files.item_places import ItemPlaces
from dam.media.xmp_files.place import NoPlace
from tests import sound_factory

VALUES = {"title": "Bottle & <turning>", "keywords": ["red", "glass"], "copyright": "© Aster"}
OLD = xmp_packet.write({"title": "old", "usage": "Editorial use."})
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">'
    '<rect width="20" height="20" fill="#c00"/></svg>'
)


def noise(path: Path, *, mode: str = "RGB", **how: Any) -> Path:
    Image.effect_noise((37, 21), 60).convert(mode).save(path, **how)
    return path


def pages(path: Path) -> Path:
    return noise(path, save_all=True, append_images=[Image.effect_noise((37, 21), 90) for _ in range(2)])


def of_motorola(path: Path) -> Path:
    """A TIFF whose numbers begin with their highest byte, as Pillow writes none: 2 × 2 grey pixels."""
    entries = [
        *((256, 4, 1, 2), (257, 4, 1, 2), (258, 3, 1, 8 << 16), (259, 3, 1, 1 << 16), (262, 3, 1, 1 << 16)),
        *((273, 4, 1, 8), (277, 3, 1, 1 << 16), (278, 4, 1, 2), (279, 4, 1, 4)),
    ]
    row = b"".join(struct.pack(">HHII", *entry) for entry in entries)
    head = b"MM\0*" + struct.pack(">I", 12) + bytes([10, 20, 30, 40])
    path.write_bytes(head + struct.pack(">H", len(entries)) + row + bytes(4))
    return path


def written(text: str) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_text(text, "utf-8")
        return path

    return write


INKSCAPE = (
    '\ufeff<?xml version="1.0"?>\n<!--ä--><svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">ä'
    '<metadata id="m"><rdf:RDF><rdf:Description rdf:about=""><dc:title>old</dc:title></rdf:Description>'
    '</rdf:RDF></metadata><rect width="20" height="20" fill="#c00"/></svg>'
)
FILES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "tiff": ("a.tiff", noise),
    "tiff, compressed": ("a.tiff", lambda path: noise(path, compression="tiff_lzw")),
    "tiff, of odd length": ("a.tiff", lambda path: padded(noise(path))),
    "tiff of three pages": ("a.tiff", pages),
    "tiff of Motorola's order": ("a.tiff", of_motorola),
    "tiff with xmp": ("a.tiff", lambda path: noise(path, tiffinfo={700: OLD})),
    "gif": ("a.gif", noise),
    "gif that moves": ("a.gif", lambda path: moving(path)),
    "gif of 1987": ("a.gif", lambda path: of_1987(noise(path))),
    "svg": ("a.svg", written(SVG)),
    "svg with a packet": ("a.svg", written(INKSCAPE)),
    "avif": ("a.avif", noise),
    "avif with alpha": ("a.avif", lambda path: noise(path, mode="LA")),
    "avif with exif": ("a.avif", lambda path: noise(path, exif=turned())),
    "avif with xmp": ("a.avif", lambda path: noise(path, xmp=OLD)),
    "avif with places of eight bytes": ("a.avif", lambda path: with_places(noise(path), size=8)),
    "avif with places from a base": ("a.avif", lambda path: with_places(noise(path), size=4, based=True)),
    "avif that runs to its end": ("a.avif", lambda path: open_ended(noise(path))),
    "avif that moves": ("a.avif", lambda path: moving(path, mode="RGB")),
    "avif that moves, by FFmpeg": ("a.avif", lambda path: by_ffmpeg(path)),
    "wav": ("a.wav", lambda path: sound_factory.tone(path, seconds=0.3)),
    "wav with words": (
        "a.wav",
        lambda path: sound_factory.tone(path, seconds=0.3, title="old", genre="Jazz"),
    ),
    "mp3": ("a.mp3", lambda path: sound_factory.tone(path, seconds=0.3)),
    "mp3 with words": ("a.mp3", lambda path: sound_factory.tone(path, seconds=0.3, title="old")),
    "mp3 without a tag": ("a.mp3", lambda path: bare(sound_factory.tone(path, seconds=0.3))),
}


def padded(path: Path) -> Path:
    path.write_bytes(path.read_bytes() + b"\0" * (1 - path.stat().st_size % 2))
    return path


def moving(path: Path, *, mode: str = "P") -> Path:
    others = [Image.effect_noise((37, 21), sigma).convert(mode) for sigma in (30, 90)]
    return noise(path, mode=mode, save_all=True, append_images=others, duration=[40, 80, 120], loop=0)


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Aster"
    return exif


def by_ffmpeg(path: Path) -> Path:
    # A program of its own: SVT-AV1 gives the process that it is in the machine's highest real-time priority,
    # where root runs it, and would leave it to every test that comes after.
    film = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=12:d=0.25", "-pix_fmt", "yuv420p"]
    subprocess.run([ffmpeg.binary(), "-v", "error", *film, "-c:v", "libsvtav1", path], check=True)
    return path


def with_places(path: Path, *, size: int, based: bool = False) -> Path:
    """The same picture, said where in other words: `iloc` of version 1, with numbers of so many bytes."""
    with path.open("rb") as file:
        (meta,) = (box for box in boxes.top_level(file) if box.kind == b"meta")
        (old,) = boxes.inside(file, [(meta.inside + 4, meta.end)], b"iloc")
    content = path.read_bytes()
    places = ItemPlaces.read(content[old.inside : old.end])
    grown = ItemPlaces(1, (size, 4, size if based else 0, 0), places.items)
    by = len(grown.written()) - (old.end - old.inside)
    grown = grown.moved(by, around=(meta.start, meta.end), whole=len(content), but=())
    if based:
        items = [
            replace(each, base=each.extents[0][1] - 5, extents=((0, 5, each.extents[0][2]),))
            for each in grown.items
        ]
        grown = replace(grown, items=tuple(items))
    head = struct.pack(">I4s", meta.end - meta.start + by, b"meta")
    path.write_bytes(
        content[: meta.start]
        + head
        + content[meta.inside : old.start]
        + struct.pack(">I4s", 8 + len(grown.written()), b"iloc")
        + grown.written()
        + content[old.end :]
    )
    return path


def open_ended(path: Path) -> Path:
    content = path.read_bytes()
    at = content.index(b"mdat") - 4
    path.write_bytes(content[:at] + bytes(4) + content[at + 4 :])
    return path


def of_1987(path: Path) -> Path:
    path.write_bytes(b"GIF87a" + path.read_bytes()[6:])
    return path


def bare(path: Path) -> Path:
    data = path.read_bytes()
    assert data[:3] == b"ID3"
    size = sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    path.write_bytes(data[10 + size :])
    return path


def shown(path: Path) -> list[Any]:
    """All that its pictures are, or its samples."""
    if path.suffix == ".svg":
        return [drawings.draw(drawings.read(path), max_side=64).tobytes()]
    if path.suffix in (".wav", ".mp3"):
        with av.open(str(path)) as container:
            return [frame.to_ndarray().tobytes() for frame in container.decode(audio=0)]
    found: list[Any] = []
    with Image.open(path) as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            found += [picture.mode, picture.size, picture.info.get("duration"), picture.info.get("loop")]
            found.append(picture.convert("RGBA").tobytes())
    return found


READERS = {".avif": avif.read, ".gif": gif.read, ".svg": svg.read, ".wav": wav.read, ".mp3": mp3.read}


def packets(path: Path) -> list[bytes]:
    read = READERS.get(path.suffix)
    if read is not None:
        return list(read(path))
    with Image.open(path) as picture:
        return [picture.info["xmp"]] if "xmp" in picture.info else []


@pytest.mark.parametrize("kind", FILES)
def test_a_file_says_it_and_is_the_same(tmp_path: Path, kind: str) -> None:
    name, make = FILES[kind]
    path, out, again = make(tmp_path / name), tmp_path / f"1-{name}", tmp_path / f"2-{name}"
    before = shown(path)
    xmp_embedding.write(path, out, VALUES)
    assert shown(out) == before
    (packet,) = packets(out)
    said = xmp.read(packet)
    assert said["title"] == ["Bottle & <turning>"]
    assert (said["keywords"], said["copyright"]) == (["red", "glass"], ["© Aster"])
    assert out.read_bytes().count(b"<rdf:RDF") == 1
    assert said.get("usage") == (["Editorial use."] if "with xmp" in kind else None)
    xmp_embedding.write(out, again, {"title": "second"})
    assert shown(again) == before
    (packet,) = packets(again)
    assert (xmp.read(packet)["title"], xmp.read(packet)["copyright"]) == (["second"], ["© Aster"])


@pytest.mark.parametrize("kind", [kind for kind in FILES if "1987" not in kind and "Motorola" not in kind])
def test_what_was_written_is_read_when_it_comes_in(tmp_path: Path, kind: str) -> None:
    name, make = FILES[kind]
    xmp_embedding.write(make(tmp_path / name), tmp_path / f"1-{name}", VALUES)
    said = runner.probe(tmp_path / f"1-{name}").embedded
    assert (said.texts["title"], said.keywords, said.unread) == ("Bottle & <turning>", ("red", "glass"), ())
    assert said.sources["title"] == XMP


def test_players_of_wav_are_told_in_their_own_words(tmp_path: Path) -> None:
    path = sound_factory.tone(tmp_path / "a.wav", seconds=0.3, title="old", genre="Jazz", artist="Ada")
    xmp_embedding.write(path, tmp_path / "b.wav", VALUES)
    with av.open(str(tmp_path / "b.wav")) as container:
        said = container.metadata
        assert (said["title"], said["copyright"]) == ("Bottle & <turning>", "© Aster")
        assert (said["genre"], said["artist"]) == ("Jazz", "Ada")
    assert (tmp_path / "b.wav").read_bytes().count(b"INAM") == 1
    assert runner.probe(tmp_path / "b.wav").embedded.sources["creator"] == CONTAINER


def test_other_frames_of_an_mp3_stay(tmp_path: Path) -> None:
    path = sound_factory.tone(tmp_path / "a.mp3", seconds=0.3, title="old", artist="Ada")
    xmp_embedding.write(path, tmp_path / "b.mp3", VALUES)
    with av.open(str(tmp_path / "b.mp3")) as container:
        assert (container.metadata["title"], container.metadata["artist"]) == ("old", "Ada")


def test_a_drawing_stays_letter_by_letter_and_does_no_more_than_before(tmp_path: Path) -> None:
    path = written(INKSCAPE)(tmp_path / "a.svg")
    xmp_embedding.write(path, tmp_path / "b.svg", {**VALUES, "source_type": "x", "data_mining": "y"})
    before, after = path.read_bytes(), (tmp_path / "b.svg").read_bytes()
    head, rest = before.split(b"<rdf:RDF>")
    assert after.startswith(head)
    assert after.endswith(rest.partition(b"</rdf:RDF>")[2])
    assert drawing_parts.doubts(after) == frozenset()


def chunk(kind: bytes, content: bytes, *, size: int | None = None) -> bytes:
    return struct.pack("<4sI", kind, len(content) if size is None else size) + content


def riff(*chunks: bytes, size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return struct.pack("<4sI", b"RIFF", len(body) if size is None else size) + body


def directory(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    row = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + row + struct.pack("<I", following)


def tag(*frames: bytes, version: int = 3, flags: int = 0, size: int | None = None) -> bytes:
    body = b"".join(frames)
    length = len(body) if size is None else size
    safe = bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([version, 0, flags]) + safe + body + b"\xff\xfb\x90\x64" + bytes(200)


def frame(kind: bytes, content: bytes, *, size: int | None = None) -> bytes:
    return kind + struct.pack(">I", len(content) if size is None else size) + bytes(2) + content


def box(kind: bytes, *content: bytes, size: int | None = None) -> bytes:
    whole = b"".join(content)
    return struct.pack(">I4s", 8 + len(whole) if size is None else size, kind) + whole


def heif(
    *extents: tuple[int, int, int, int],
    infos: int = 2,
    parts: int = 1,
    more: bytes = b"",
    behind: bytes = b"",
    elsewhere: int = 0,
    wide: str = "I",
) -> bytes:
    """An AVIF of a picture, 1, and a packet, 2: for each part of them number, method, offset and length.

    With more `infos` there are more packets; each has its bytes in so many `parts`. Its contents begin at
    byte 500; the packet at 600.
    """
    size = struct.calcsize(f">{wide}")
    places = struct.pack(">B3xBBH", 1, size << 4 | size, 0, len(extents))
    for number, method, offset, length in extents:
        times = 1 if number == 1 else parts
        places += struct.pack(">HHHH", number, method, elsewhere, times)
        places += struct.pack(f">{wide}{wide}", offset, length) * times
    packet = b"\0\0mime\0application/rdf+xml\0"
    named = [b"\0\0av01\0", packet, *[packet] * (infos - 2)][:infos]
    items = [box(b"infe", struct.pack(">B3xH", 2, number), name) for number, name in enumerate(named, 1)]
    meta = box(
        *(b"meta", bytes(4), box(b"pitm", bytes(4), b"\0\1"), box(b"iloc", places)),
        *(box(b"iinf", bytes(4), struct.pack(">H", max(infos, 2)), *items), more),
    )
    head = box(b"ftyp", b"avif", bytes(4), b"avif") + meta
    return head + box(b"free", bytes(max(0, 484 - len(head)))) + box(b"mdat", bytes(range(100)), OLD) + behind


def film(table: bytes) -> bytes:
    return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table)))))


PICTURE, PACKET = (1, 0, 500, 100), (2, 0, 600, len(OLD))
FMT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8))
GIF = b"GIF89a\1\0\1\0\0\0\0"
STRIP = ((273, 4, 1, 8), (279, 4, 1, 4))
HEAD = b"II*\0\x08\0\0\0"
DAMAGED: dict[str, tuple[str, bytes]] = {
    "tiff whose directory points to itself": ("a.tiff", HEAD + directory(*STRIP, following=8)),
    "tiff whose directories go round": (
        "a.tiff",
        HEAD + directory(*STRIP, following=38) + directory(*STRIP, following=8),
    ),
    "tiff with a directory beyond its end": ("a.tiff", b"II*\0\xf0\xff\xff\xff"),
    "tiff with a directory of 65,535 entries": ("a.tiff", HEAD + b"\xff\xff" + bytes(100)),
    "tiff without entries": ("a.tiff", HEAD + directory()),
    "tiff with pixels beyond its end": ("a.tiff", HEAD + directory((273, 4, 1, 8), (279, 4, 1, 5000))),
    "tiff with four thousand million strips": (
        "a.tiff",
        HEAD + directory((273, 4, 0xFFFFFFFF, 8), (279, 4, 0xFFFFFFFF, 8)),
    ),
    "tiff with a packet of four gigabytes": ("a.tiff", HEAD + directory(*STRIP, (700, 1, 0xFFFFFFFF, 8))),
    "tiff with a packet beyond its end": ("a.tiff", HEAD + directory(*STRIP, (700, 1, 500, 8))),
    "tiff whose packet lies upon its pixels": (
        "a.tiff",
        HEAD + directory((273, 4, 1, 60), (279, 4, 1, 4), (700, 1, len(OLD), 50)) + OLD,
    ),
    "tiff whose packet lies upon its colours": (
        "a.tiff",
        HEAD + directory((320, 3, 768, 60), (700, 1, len(OLD), 38)) + OLD + bytes(2000),
    ),
    "gif that is cut off": ("a.gif", GIF + b"\x21\xff\x0bXMP DataXMP" + OLD[:40]),
    "gif with a packet without an end": ("a.gif", GIF + b"\x21\xff\x0bXMP DataXMP" + OLD),
    "gif with something between its parts": ("a.gif", GIF + b"\x07\x3b"),
    "gif without its colours": ("a.gif", b"GIF89a\1\0\1\0\xf7\0\0"),
    "gif without an end": ("a.gif", GIF),
    "wav whose samples reach beyond its end": (
        "a.wav",
        riff(FMT, chunk(b"data", b"ab", size=500), size=500),
    ),
    "wav of a recorder that was stopped": (
        "a.wav",
        riff(FMT, chunk(b"data", b"ab", size=0xFFFFFFFF), size=0xFFFFFFFF),
    ),
    "wav that says another length": ("a.wav", riff(FMT, chunk(b"data", b"ab"), size=10)),
    "wav with more behind it": ("a.wav", riff(FMT, chunk(b"data", b"ab")) + b"more"),
    "wav with words longer than their list": (
        "a.wav",
        riff(FMT, chunk(b"data", b"ab"), chunk(b"LIST", b"INFO" + chunk(b"INAM", b"a", size=900))),
    ),
    "wav with chunks without number": ("a.wav", riff(FMT, chunk(b"none", b"") * 200_000)),
    "mp3 of version 2.2": ("a.mp3", tag(b"", version=2)),
    "mp3 with letters put in": ("a.mp3", tag(frame(b"TIT2", b"\0a"), flags=0x80)),
    "mp3 with a tag beyond its end": ("a.mp3", tag(frame(b"TIT2", b"\0a"), size=5000)),
    "mp3 with a frame beyond its tag": ("a.mp3", tag(frame(b"TIT2", b"\0a", size=5000))),
    "mp3 with a frame of four gigabytes": ("a.mp3", tag(frame(b"PRIV", b"XMP\0", size=0xFFFFFFFF))),
    "mp3 with something between its frames": ("a.mp3", tag(frame(b"TIT2", b"\0a"), b"no frame at all")),
    "mp3 with a length that none can be": ("a.mp3", b"ID3\3\0\0\xff\xff\xff\xff" + bytes(100)),
    "avif in fragments": ("a.avif", heif(PICTURE, PACKET, behind=box(b"moof"))),
    "avif with something behind it": ("a.avif", heif(PICTURE, PACKET, behind=b"more")),
    "avif that describes its pictures twice": (
        "a.avif",
        heif(PICTURE, PACKET, behind=box(b"meta", bytes(4))),
    ),
    "avif without the number of its items": ("a.avif", heif(PICTURE, infos=1)),
    "avif with two tables of places": ("a.avif", heif(PICTURE, PACKET, more=box(b"iloc", bytes(8)))),
    "avif whose packet is nowhere": ("a.avif", heif(PICTURE)),
    "avif whose packet is there twice": ("a.avif", heif(PICTURE, PACKET, PACKET)),
    "avif whose packet lies upon its picture": ("a.avif", heif(PICTURE, (2, 0, 590, 200))),
    "avif whose packet is its head": ("a.avif", heif(PICTURE, (2, 0, 0, 200))),
    "avif whose packet is inside another item": ("a.avif", heif(PICTURE, (2, 2, 0, 200))),
    "avif whose packet is among what describes it": (
        "a.avif",
        heif(PICTURE, (2, 1, 0, 20), more=box(b"idat", bytes(20))),
    ),
    "avif whose packet is beyond all files": ("a.avif", heif(PICTURE, (2, 0, 1 << 63, 200), wide="Q")),
    "avif whose packet is beyond its end": ("a.avif", heif(PICTURE, (2, 0, 1 << 62, 200), wide="Q")),
    "avif whose picture is said to be elsewhere": ("a.avif", heif(PICTURE, PACKET, elsewhere=1)),
    "avif whose picture is beyond its end": ("a.avif", heif((1, 0, 500, 5000), PACKET)),
    "avif whose picture has no length": ("a.avif", heif((1, 0, 500, 0), PACKET)),
    "avif whose picture is in what describes it": ("a.avif", heif((1, 0, 60, 20), PACKET)),
    "avif with a part longer than what is around it": (
        "a.avif",
        heif(PICTURE, PACKET, more=box(b"iprp", size=4000)),
    ),
    "avif with more samples than places": (
        "a.avif",
        heif(PICTURE, PACKET, behind=film(box(b"stco", bytes(4), b"\xff\xff\xff\xff", bytes(8)))),
    ),
    "avif with a track of pictures": (
        "a.avif",
        heif(PICTURE, PACKET, behind=box(b"moov", box(b"trak", box(b"meta", bytes(4))))),
    ),
    "svg that is empty": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "svg that is cut off": ("a.svg", SVG.encode()[:-10]),
    "svg that says what stands for what": ("a.svg", b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG.encode()),
    "svg of another encoding": ("a.svg", SVG.replace("#c00", "ä").encode("latin-1")),
}


WRITERS = {".tiff": tiff, ".gif": gif, ".wav": wav, ".mp3": mp3, ".svg": svg, ".avif": avif}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_left_alone_and_read_without_harm(tmp_path: Path, damage: str) -> None:
    name, content = DAMAGED[damage]
    path = tmp_path / name
    path.write_bytes(content)
    if path.suffix != ".tiff":  # which Pillow reads
        for packet in packets(path):
            assert len(packet) <= xmp.MOST_BYTES + 1
    writer = WRITERS[path.suffix]
    with path.open("rb") as source, pytest.raises((NoPlace, xmp.Unreadable)):
        writer.write(source, io.BytesIO(), VALUES)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (heif(PICTURE, *((n, 0, 600, 8) for n in range(2, 19)), infos=18), "too many packets"),
        (heif(PICTURE, (2, 0, 600, 8), parts=1001), "too many parts"),
        (heif(PICTURE, (2, 0, 600, 8), (3, 0, 600, 8), infos=3, parts=501), "too many parts"),
    ],
)
def test_packets_without_end_of_an_avif_are_not_gone_through(content: bytes, why: str) -> None:
    with pytest.raises(NoPlace, match=why):
        avif.write(io.BytesIO(content), io.BytesIO(), VALUES)


def test_the_places_of_an_avif_are_moved_where_they_are_behind_what_grows(tmp_path: Path) -> None:
    """And only there: a sample before it stays where it is."""
    table = box(b"stco", bytes(4), struct.pack(">IIII", 3, 10, 500, 700))
    content = heif(PICTURE, PACKET, behind=film(table))
    source, out = io.BytesIO(content), io.BytesIO()
    avif.write(source, out, VALUES)
    after = out.getvalue()
    by = after.index(b"mdat") - content.index(b"mdat")
    assert struct.pack(">IIII", 3, 10, 500 + by, 700 + by) in after
    assert after[500 + by : 600 + by] == content[500:600]
    assert after[600 + by : 600 + by + len(OLD)] == bytes(len(OLD))


def test_a_packet_of_another_item_of_an_avif_stays(tmp_path: Path) -> None:
    """As that of its alpha, or of a picture that isn't shown."""
    other = box(b"iref", bytes(4), box(b"cdsc", b"\0\2\0\1\0\7"))
    out = io.BytesIO()
    avif.write(io.BytesIO(heif(PICTURE, PACKET, more=other)), out, VALUES)
    (tmp_path / "a.avif").write_bytes(out.getvalue())
    assert out.getvalue().count(OLD[100:250]) == 1
    (packet,) = packets(tmp_path / "a.avif")
    assert xmp.read(packet)["title"] == ["Bottle & <turning>"]


@pytest.mark.parametrize("kind", FILES)
def test_no_cut_of_a_file_ends_otherwise_than_it_may(tmp_path: Path, kind: str) -> None:
    name, make = FILES[kind]
    content = make(tmp_path / name).read_bytes()
    path = tmp_path / f"cut-{name}"
    for end in [*range(0, min(len(content), 900), 13), len(content) - 1]:
        path.write_bytes(content[:end])
        with contextlib.suppress(NoPlace, xmp.Unreadable):
            xmp_embedding.write(path, tmp_path / "out", VALUES)
        if path.suffix != ".tiff":
            packets(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.wav", riff(FMT, chunk(b"data", b"ab"), chunk(b"_PMX", bytes(xmp.MOST_BYTES * 2)))),
        ("a.mp3", tag(frame(b"PRIV", b"XMP\0" + bytes(xmp.MOST_BYTES * 2)))),
        (
            "a.gif",
            GIF + b"\x21\xff\x0bXMP DataXMP" + (b"\xff" + b"a" * 255) * 40_000 + gif.TRAILER + b";",
        ),
    ],
    ids=["wav", "mp3", "gif"],
)
def test_no_more_of_a_packet_is_taken_than_one_may_have(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (packet,) = packets(tmp_path / name)
    assert xmp.MOST_BYTES < len(packet) <= xmp.MOST_BYTES + 1000
    with pytest.raises(xmp.Unreadable):
        xmp_embedding.write(tmp_path / name, tmp_path / "out", VALUES)


def test_hours_of_sound_are_copied_in_constant_memory(tmp_path: Path) -> None:
    """A file of which nothing is stored: one that was read at once would need its gigabyte."""
    size = 1024**3
    path = tmp_path / "a.wav"
    with path.open("wb") as file:
        file.write(riff(FMT, chunk(b"data", b"", size=size), size=4 + len(FMT) + 8 + size))
        file.truncate(file.tell() + size)
    most = 0

    class Counted(io.BytesIO):
        def write(self, content: Any) -> int:
            nonlocal most
            most = max(most, len(content))
            self.length = getattr(self, "length", 0) + len(content)
            return len(content)

        def tell(self) -> int:
            return int(self.length)

    with path.open("rb") as source:
        wav.write(source, Counted(), VALUES)
    assert most <= 1024**2


def test_decoded_samples_are_compared_at_all(tmp_path: Path) -> None:
    path = sound_factory.tone(tmp_path / "a.wav", seconds=0.3)
    samples = b"".join(shown(path))
    assert np.frombuffer(samples, np.int16).any()
