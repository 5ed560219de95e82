"""Putting a packet into copies of files: what they show stays, what can't take one is left alone."""

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from dam.media import boxes, metadata_extraction, xmp, xmp_embedding, xmp_packet
from dam.media.boxes import XMP_UUID
from dam.media.xmp_files.place import NoPlace

VALUES = {"title": "Bottle turning", "keywords": ["red", "glass"]}
OLD = xmp_packet.write({"title": "old", "copyright": "© Ada"})


def picture(path: Path, **how: Any) -> Path:
    picture = Image.effect_noise((37, 21), 60).convert(how.pop("mode", "RGB"))
    picture.save(path, **how)
    return path


def with_exif() -> dict[str, Any]:
    exif = Image.Exif()
    exif[0x0112] = 6
    return {"exif": exif}


PICTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "jpeg": ("a.jpg", {}),
    "jpeg with exif": ("a.jpg", with_exif()),
    "jpeg with xmp": ("a.jpg", {"xmp": OLD}),
    "png": ("a.png", {}),
    "png with alpha": ("a.png", {"mode": "RGBA"}),
    "webp": ("a.webp", {}),
    "webp lossless": ("a.webp", {"lossless": True}),
    "webp with alpha": ("a.webp", {"mode": "RGBA"}),
    "webp lossless with alpha": ("a.webp", {"mode": "RGBA", "lossless": True}),
    "webp with exif": ("a.webp", with_exif()),
    "webp with xmp": ("a.webp", {"xmp": OLD}),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_says_it_and_shows_the_same(tmp_path: Path, kind: str) -> None:
    name, how = PICTURES[kind]
    path, out = picture(tmp_path / name, **how), tmp_path / f"out-{name}"
    xmp_embedding.write(path, out, VALUES)
    with Image.open(path) as before, Image.open(out) as after:
        assert after.mode == before.mode
        assert after.tobytes() == before.tobytes()
        assert after.getexif() == before.getexif()
        said = metadata_extraction.of_picture(after)
    assert (said.texts["title"], said.keywords) == ("Bottle turning", ("red", "glass"))
    assert said.texts.get("copyright", "") == ("© Ada" if "xmp" in how else "")
    assert not said.unread
    assert out.read_bytes().count(b"<rdf:RDF") == 1


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
def test_written_again_there_is_still_one(tmp_path: Path, name: str) -> None:
    first, second = tmp_path / f"1-{name}", tmp_path / f"2-{name}"
    xmp_embedding.write(picture(tmp_path / name), first, VALUES)
    xmp_embedding.write(first, second, {"title": "Bottle resting"})
    with Image.open(second) as after:
        said = metadata_extraction.of_picture(after)
    assert (said.texts["title"], said.keywords) == ("Bottle resting", ("red", "glass"))
    assert second.read_bytes().count(b"<rdf:RDF") == 1


def test_a_png_keeps_its_other_texts_and_loses_the_packet_that_stood_behind(tmp_path: Path) -> None:
    more = PngImagePlugin.PngInfo()
    more.add_itxt("Comment", "kept")
    more.add_itxt("XML:com.adobe.xmp", OLD.decode())
    xmp_embedding.write(picture(tmp_path / "a.png", pnginfo=more), tmp_path / "b.png", VALUES)
    with Image.open(tmp_path / "b.png") as after:
        after.load()
        assert after.info["Comment"] == "kept"
        assert metadata_extraction.of_picture(after).texts["copyright"] == "© Ada"


def test_a_packet_of_png_that_is_compressed_is_left_alone(tmp_path: Path) -> None:
    more = PngImagePlugin.PngInfo()
    more.add_itxt("XML:com.adobe.xmp", OLD.decode(), zip=True)
    with pytest.raises(xmp.Unreadable):
        xmp_embedding.write(picture(tmp_path / "a.png", pnginfo=more), tmp_path / "b.png", VALUES)


def test_too_much_for_a_segment_of_jpeg_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(NoPlace, match="too long"):
        xmp_embedding.write(picture(tmp_path / "a.jpg"), tmp_path / "b.jpg", {"title": "x" * 70_000})


def test_further_pictures_of_a_jpeg_are_not_lost_sight_of(tmp_path: Path) -> None:
    content = picture(tmp_path / "a.jpg", xmp=OLD).read_bytes()
    segment = b"\xff\xe2" + struct.pack(">H", 8) + b"MPF\0\0\0"
    (tmp_path / "a.jpg").write_bytes(content[:2] + segment + content[2:])
    with pytest.raises(NoPlace, match="further pictures"):
        xmp_embedding.write(tmp_path / "a.jpg", tmp_path / "b.jpg", VALUES)


@pytest.mark.parametrize("kind", PICTURES)
def test_no_cut_of_a_file_ends_otherwise_than_it_may(tmp_path: Path, kind: str) -> None:
    name, how = PICTURES[kind]
    content = picture(tmp_path / name, **how).read_bytes()
    path = tmp_path / f"cut-{name}"
    for end in [*range(0, min(len(content), 600), 7), len(content) - 1]:
        path.write_bytes(content[:end])
        try:
            xmp_embedding.write(path, tmp_path / "out", VALUES)
        except (NoPlace, xmp.Unreadable):
            continue


def test_other_kinds_are_left_alone(tmp_path: Path) -> None:
    with pytest.raises(NoPlace, match="BMP isn't written"):
        xmp_embedding.write(picture(tmp_path / "a.bmp"), tmp_path / "b.bmp", VALUES)


def box(kind: bytes, content: bytes, *, size: int | None = None) -> bytes:
    return struct.pack(">I4s", 8 + len(content) if size is None else size, kind) + content


FTYP = box(b"ftyp", b"isom\0\0\2\0isommp42")
MDAT = box(b"mdat", b"media" * 20)


def film(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def packets(path: Path) -> list[bytes]:
    return list(boxes.xmp(path, most=xmp.MOST_BYTES))


def kinds(path: Path) -> list[bytes]:
    return [each.kind for each in boxes.top_level(io.BytesIO(path.read_bytes()))]


def test_a_film_gets_a_box_behind_all_others(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", FTYP, box(b"moov", b""), MDAT)
    xmp_embedding.write(path, tmp_path / "b.mp4", VALUES)
    assert (tmp_path / "b.mp4").read_bytes().startswith(path.read_bytes())
    (packet,) = packets(tmp_path / "b.mp4")
    assert xmp.read(packet) == {"title": ["Bottle turning"], "keywords": ["red", "glass"]}


@pytest.mark.parametrize(
    "old",
    [box(b"uuid", XMP_UUID + OLD), box(b"moov", box(b"udta", box(b"XMP_", OLD)))],
    ids=["a box of its own", "as QuickTime keeps it"],
)
def test_the_one_before_becomes_free_space(tmp_path: Path, old: bytes) -> None:
    path = film(tmp_path / "a.mp4", FTYP, old, MDAT)
    xmp_embedding.write(path, tmp_path / "b.mp4", VALUES)
    content = (tmp_path / "b.mp4").read_bytes()
    (packet,) = packets(tmp_path / "b.mp4")
    assert xmp.read(packet)["copyright"] == ["© Ada"]
    assert content.index(MDAT) == path.read_bytes().index(MDAT)
    assert b"free" + bytes(16) in content
    assert content.count("© Ada".encode()) == 1


def test_media_that_reach_to_the_end_of_the_file_are_given_one(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", FTYP, box(b"moov", b""), box(b"mdat", b"media" * 20, size=0))
    xmp_embedding.write(path, tmp_path / "b.mp4", VALUES)
    assert kinds(tmp_path / "b.mp4") == [b"ftyp", b"moov", b"mdat", b"uuid"]
    assert MDAT in (tmp_path / "b.mp4").read_bytes()


def test_the_table_at_the_end_of_a_film_in_fragments_stays_at_the_end(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", FTYP, box(b"moov", b""), MDAT, box(b"mfra", b"table"))
    xmp_embedding.write(path, tmp_path / "b.mp4", VALUES)
    assert kinds(tmp_path / "b.mp4") == [b"ftyp", b"moov", b"mdat", b"uuid", b"mfra"]


@pytest.mark.parametrize(
    "end",
    [box(b"mdat", b"media", size=1000), b"\0\0\0", box(b"mdat", b"", size=4)],
    ids=["cut off", "rest", "shorter than its header"],
)
def test_a_film_that_ends_elsewhere_than_its_last_box_is_left_alone(tmp_path: Path, end: bytes) -> None:
    path = film(tmp_path / "a.mp4", FTYP, box(b"moov", b""), MDAT, end)
    with pytest.raises(NoPlace):
        xmp_embedding.write(path, tmp_path / "b.mp4", VALUES)
