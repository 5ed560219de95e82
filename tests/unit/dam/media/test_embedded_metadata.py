"""What files say of themselves: read where it stands, bounded, and never a reason to refuse a file."""

import struct
import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from dam.media import boxes, embedded_metadata, iim, runner, xmp
from dam.media.embedded_metadata import CONTAINER, IIM, XMP, EmbeddedMetadata
from tests import embedded_factory as factory
from tests import sound_factory

FORMATS = ("jpg", "png", "webp", "tiff", "avif")
BILLION_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY {each} "{f"&{before};" * 10}">'
        for before, each in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
LATIN, UTF8 = "Käpt'n".encode("latin-1"), "Käpt'n 帆".encode()


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_picture_says_what_its_xmp_says(tmp_path: Path, suffix: str) -> None:
    said = runner.probe(factory.picture(tmp_path / f"a.{suffix}", packet=factory.xmp())).embedded
    assert said.texts == {
        "title": "Penguin at noon",
        "description": "It walks.\nSlowly.",
        "creator": "Ada Ray; Bo Sund",
        "credit": "Aster / Agency",
        "copyright": "© 2026 Aster",
        "usage": "Editorial use.",
        "source_type": "trainedAlgorithmicMedia",
        "ai_prompt": "a penguin, tobogganing",
        "ai_system": "Glacier",
        "ai_system_version": "4.1",
    }
    assert said.keywords == ("Penguin", "Ice", "Snow")
    assert (set(said.sources.values()), said.shortened, said.unread) == ({XMP}, (), ())
    assert said.declared_origin == "generated"


@pytest.mark.parametrize("suffix", ["jpg", "tiff"])
@pytest.mark.parametrize(
    ("sets", "title"),
    [
        ([(2, 5, LATIN)], "Käpt'n"),
        ([(1, 90, b"\x1b%G"), (2, 5, UTF8)], "Käpt'n 帆"),
        ([(2, 5, UTF8)], "Käpt'n 帆"),  # as many write it, without saying so
        ([(1, 90, b"\x1b%G"), (2, 5, b"a\xff")], "a�"),
    ],
)
def test_a_picture_says_what_its_iim_says(
    tmp_path: Path, suffix: str, sets: list[tuple[int, int, bytes]], title: str
) -> None:
    block = factory.iim(*sets, (2, 25, b"ice"), (2, 25, b"snow"), (2, 80, b"Ada"), (2, 116, b"(c) Aster"))
    said = runner.probe(factory.picture(tmp_path / f"a.{suffix}", block=block)).embedded
    assert said.texts == {"title": title, "creator": "Ada", "copyright": "(c) Aster"}
    assert said.keywords == ("ice", "snow")
    assert set(said.sources.values()) == {IIM}


def test_iim_in_a_tiff_may_be_called_numbers_of_four_bytes(tmp_path: Path) -> None:
    block = factory.iim((2, 5, b"Penguin at noon"), (2, 25, b"ice"))
    block += b"\0" * (-len(block) % 4)
    path = factory.picture(tmp_path / "a.tiff", block=block)
    data = path.read_bytes()
    entry = struct.pack("<HHI", 33723, 7, len(block))
    assert data.count(entry) == 1
    path.write_bytes(data.replace(entry, struct.pack("<HHI", 33723, 4, len(block) // 4)))
    said = runner.probe(path).embedded
    assert (said.texts, said.keywords) == ({"title": "Penguin at noon"}, ("ice",))


def test_iim_of_too_many_numbers_is_told(tmp_path: Path) -> None:
    path = factory.picture(tmp_path / "a.tiff", block=b"\0" * (iim.MOST_BYTES + 4))
    data = path.read_bytes()
    entry = struct.pack("<HHI", 33723, 7, iim.MOST_BYTES + 4)
    path.write_bytes(data.replace(entry, struct.pack("<HHI", 33723, 4, iim.MOST_BYTES // 4 + 1)))
    assert runner.probe(path).embedded.unread == (IIM,)


def test_iim_says_what_xmp_leaves_out(tmp_path: Path) -> None:
    block = factory.iim((2, 5, b"Old"), (2, 120, b"Described"))
    path = factory.picture(tmp_path / "a.jpg", packet=factory.with_title("New"), block=block)
    said = runner.probe(path).embedded
    assert (said.texts["title"], said.texts["description"]) == ("New", "Described")
    assert (said.sources["title"], said.sources["description"]) == (XMP, IIM)


def test_a_film_says_what_its_xmp_and_its_container_say(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    factory.film(
        path, packets=[factory.with_title("Penguin")], title="No", comment="Take 2", copyright="Aster"
    )
    said = runner.probe(path).embedded
    assert said.texts == {
        "title": "Penguin",
        "credit": "Aster / Agency",
        "comment": "Take 2",
        "copyright": "Aster",
    }
    assert (said.sources["title"], said.sources["comment"]) == (XMP, CONTAINER)


@pytest.mark.parametrize("suffix", ["mov", "webm", "mkv"])
def test_other_containers_have_tags_too(tmp_path: Path, suffix: str) -> None:
    said = runner.probe(factory.film(tmp_path / f"a.{suffix}", title="Penguin", artist="Ada")).embedded
    assert said.texts == {"title": "Penguin", "creator": "Ada"}


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "flac", "wav", "ogg", "opus"])
def test_sound_says_what_its_tags_say(tmp_path: Path, suffix: str) -> None:
    path = sound_factory.tone(tmp_path / f"a.{suffix}", seconds=0.5, title="Penguin", artist="Ada")
    said = runner.probe(path).embedded
    assert said.texts == {"title": "Penguin", "creator": "Ada"}
    assert set(said.sources.values()) == {CONTAINER}


@pytest.mark.parametrize("suffix", ["flac", "ogg"])
def test_a_description_in_vorbis_comments_is_a_comment(tmp_path: Path, suffix: str) -> None:
    path = sound_factory.tone(tmp_path / f"a.{suffix}", seconds=0.5, DESCRIPTION="Take 2")
    assert runner.probe(path).embedded.texts == {"comment": "Take 2"}


def test_tags_of_streams_are_those_of_the_file_in_ogg_alone(tmp_path: Path) -> None:
    path = sound_factory.tone(tmp_path / "a.mka", seconds=0.5, of_stream={"title": "Left"}, artist="Ada")
    assert runner.probe(path).embedded.texts == {"creator": "Ada"}


def test_quicktime_keeps_xmp_in_a_box_of_its_own(tmp_path: Path) -> None:
    packet = factory.with_title("Penguin")
    inner = struct.pack(">I4s", len(packet) + 8, b"XMP_") + packet
    path = factory.film(tmp_path / "a.mov")
    data = path.read_bytes()
    place = data.index(b"moov") - 4  # the last box of what FFmpeg writes
    assert place + struct.unpack(">I", data[place : place + 4])[0] == len(data)
    udta = struct.pack(">I4s", len(inner) + 8, b"udta") + inner
    grown = struct.pack(">I", len(data) - place + len(udta))
    path.write_bytes(data[:place] + grown + data[place + 4 :] + udta)
    assert runner.probe(path).embedded.texts["title"] == "Penguin"


def test_a_file_that_says_nothing_has_no_words(tmp_path: Path) -> None:
    info = runner.probe(factory.film(tmp_path / "a.mp4"))
    assert not info.embedded
    assert "embedded" not in info.to_json()


@pytest.mark.parametrize("suffix", ["jpg", "mp4"])
@pytest.mark.parametrize(
    "packet",
    [
        factory.with_title("&i;", before=BILLION_LAUGHS),
        factory.with_title("&x;", before='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        factory.with_title("a\0b"),
        factory.with_title("a").replace(b">a<", b">\xff\xfe<"),
        factory.with_title("a")[:300],
        b"no XML",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
    ],
    ids=["laughs", "outside", "nul", "no-utf8", "cut", "text", "encoding"],
)
def test_hostile_xmp_is_told_and_the_file_taken(tmp_path: Path, suffix: str, packet: bytes) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "jpg":
        factory.picture(path, packet=packet)
    else:
        factory.film(path, packets=[packet])
    said = runner.probe(path).embedded
    assert (dict(said.texts), said.unread) == ({}, (XMP,))


def test_fifty_megabytes_of_xmp_are_not_read(tmp_path: Path) -> None:
    packet = factory.with_title("a" * 50_000_000)
    film = runner.probe(factory.film(tmp_path / "a.mp4", packets=[packet], title="Penguin")).embedded
    assert (film.texts["title"], film.unread) == ("Penguin", (XMP,))
    picture = runner.probe(factory.picture(tmp_path / "a.webp", packet=packet)).embedded
    assert (dict(picture.texts), picture.unread) == ({}, (XMP,))


@pytest.mark.parametrize("size", [0xFFFFFFF0, 23, 8, 7, 1])
def test_a_box_of_the_wrong_length_is_passed_over(tmp_path: Path, size: int) -> None:
    path = factory.film(tmp_path / "a.mp4", title="Penguin")
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", size, b"uuid") + factory.XMP_UUID + factory.with_title("No"))
    assert list(boxes.xmp(path, most=1000)) == []
    if size in (0xFFFFFFF0, 7):  # FFmpeg takes the others for what they are: damage
        assert runner.probe(path).embedded.texts == {"title": "Penguin"}


def test_of_several_packets_the_first_that_can_be_read_counts(tmp_path: Path) -> None:
    packets = [b"no XML", factory.with_title("One"), factory.with_title("Two")]
    said = runner.probe(factory.film(tmp_path / "a.mp4", packets=packets)).embedded
    assert (said.texts["title"], said.unread) == ("One", (XMP,))


def test_after_three_packets_that_cannot_be_read_none_is_looked_for(tmp_path: Path) -> None:
    packets = [*[b"no XML"] * 3, factory.with_title("Four")]
    said = runner.probe(factory.film(tmp_path / "a.mp4", packets=packets)).embedded
    assert (dict(said.texts), said.unread) == ({}, (XMP,))


@pytest.mark.parametrize(
    "said",
    [
        '<xmpNote:HasExtendedXMP xmlns:xmpNote="http://ns.adobe.com/xmp/note/">AB</xmpNote:HasExtendedXMP>',
        '</rdf:Description><rdf:Description xmlns:xmpNote="http://ns.adobe.com/xmp/note/" '
        'xmpNote:HasExtendedXMP="AB">',
    ],
)
def test_xmp_in_more_segments_is_told_as_unread(tmp_path: Path, said: str) -> None:
    packet = factory.xmp(f"<dc:title>Penguin</dc:title>{said}")
    found = runner.probe(factory.picture(tmp_path / "a.jpg", packet=packet)).embedded
    assert (found.texts["title"], found.unread) == ("Penguin", (XMP,))
    assert "extended" not in found.texts


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("padding", [b"", b"\0", b"\0\0\0\0"])
def test_xmp_may_be_in_utf_16(encoding: str, padding: bytes) -> None:
    packet = factory.with_title("帆").decode().encode(encoding) + padding
    assert xmp.read(packet)["title"] == ["帆"]


def test_padding_around_a_packet_is_passed_over() -> None:
    assert xmp.read(b"\0\n" + factory.with_title("a") + b"\n\0\0")["title"] == ["a"]


@pytest.mark.parametrize(
    "block",
    [
        factory.iim((2, 5, b"Title"))[:-2],
        b"\x1c\x02\x05\xff\xff" + b"a" * 20,
        b"\x1c\x02\x05\x80\x04\xff\xff\xff\xffabc",
        b"no data set",
    ],
)
def test_damaged_iim_is_told_and_the_file_taken(tmp_path: Path, block: bytes) -> None:
    said = runner.probe(factory.picture(tmp_path / "a.jpg", block=block)).embedded
    assert (dict(said.texts), said.unread) == ({}, (IIM,))


def test_an_extended_data_set_is_read() -> None:
    long = b"a" * 40_000
    block = b"\x1c\x02\x78\x80\x04" + struct.pack(">I", len(long)) + long + b"\0\0"
    assert iim.read(block) == {"description": [long.decode()]}


def test_what_nobody_sees_is_dropped() -> None:
    said = embedded_metadata.merge(
        [(XMP, {"title": ["in‮voice\x07\n a"], "description": ["a\r\nb\x00"]})], unread=()
    )
    assert said.texts == {"title": "invoice a", "description": "a\nb"}


def test_what_is_cut_is_told() -> None:
    many = [f"word {number}" for number in range(300)]
    values = {
        "title": ["a" * 500],
        "description": ["short"],
        "keywords": many,
        "ai_prompt": ["b" * 1_000_000],
    }
    said = embedded_metadata.merge([(XMP, values)], unread=())
    assert len(said.texts["title"]) == embedded_metadata.LONGEST["title"]
    assert len(said.keywords) == embedded_metadata.MOST_KEYWORDS
    assert said.shortened == ("title", "ai_prompt", "keywords")


@pytest.mark.parametrize(
    "prompt",
    [
        '{"prompt": "a penguin", "seed": 7}',
        '[{"class_type": "KSampler"}]',
        '{"nodes": [' + '{"id": 1}, ' * 20_000,  # a workflow that was cut
        "[" * 50_000,
        "a penguin --ar 16:9 --v 6.1 Job ID: 0f1e2d3c-aaaa-bbbb-cccc-0123456789ab",
        "a penguin Job ID: 0f1e2d3c-aaaa-bbbb-cccc-0123456789ab",
        "a penguin\nNegative prompt: blurry",
        "a penguin\nSteps: 20, Sampler: Euler a, CFG scale: 7",
    ],
    ids=["json", "list", "cut", "deep", "midjourney", "job", "negative", "steps"],
)
def test_a_description_that_is_a_prompt_is_kept_as_one(prompt: str) -> None:
    said = embedded_metadata.merge([(XMP, {"title": [prompt], "description": [prompt]})], unread=())
    assert set(said.texts) == {"ai_prompt"}
    assert said.texts["ai_prompt"][:50] == prompt[:50]
    assert (said.sources, said.words(inside=False)) == ({"ai_prompt": XMP}, [])


def test_a_prompt_in_the_description_joins_the_one_that_says_it_is_one() -> None:
    found = [(XMP, {"description": ["ice --v 6"], "ai_prompt": ["snow"]}), (IIM, {"description": ["Words."]})]
    said = embedded_metadata.merge(found, unread=())
    assert said.texts == {"description": "Words.", "ai_prompt": "snow\n\nice --v 6"}


@pytest.mark.parametrize("text", ["[Draft] Penguin {at noon}", "Steps: the film", "Job ID: 17", "a -- v 2"])
def test_what_people_write_is_no_prompt(text: str) -> None:
    assert embedded_metadata.merge([(XMP, {"title": [text]})], unread=()).texts == {"title": text}


def test_a_single_keyword_may_be_a_list_and_of_several_none_is() -> None:
    def read(*words: str) -> tuple[str, ...]:
        return embedded_metadata.merge([(XMP, {"keywords": words})], unread=()).keywords

    assert read("ice, snow;Penguin\nice") == ("ice", "snow", "Penguin")
    assert read("Paris, France", "ice") == ("Paris, France", "ice")


@pytest.mark.parametrize("words", [["," * 4_000_000 + "late"], ["a"] * 5_000 + ["late"]], ids=["one", "many"])
def test_of_keywords_without_end_the_first_are_looked_at(words: list[str]) -> None:
    said = embedded_metadata.merge([(XMP, {"keywords": words, "title": ["a"]})], unread=())
    assert "late" not in said.keywords
    if len(words) > 1:
        assert said.shortened == ("keywords",)


def test_marks_heaped_up_are_cut_before_they_are_put_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []

    def normalize(form: Literal["NFC"], text: str) -> str:
        lengths.append(len(text))
        return unicodedata.normalize(form, text)

    monkeypatch.setattr(embedded_metadata, "normalize", normalize)
    marks = "a" + "\u0301\u0323" * 100_000
    said = embedded_metadata.merge([(XMP, {name: [marks] for name in embedded_metadata.LONGEST})], unread=())
    assert max(lengths) <= 10_000
    assert "ai_prompt" in said.shortened


def test_deep_packets_are_refused_and_wide_ones_cost_no_more_than_their_size() -> None:
    def deep(levels: int) -> bytes:
        return factory.xmp("<dc:x>" * levels + "</dc:x>" * levels, source_type="")

    assert xmp.read(deep(90)) == {"credit": ["Aster / Agency"]}
    with pytest.raises(xmp.Unreadable):
        xmp.read(deep(200_000))
    items = "".join(f'<rdf:li xml:lang="x-default">{number}</rdf:li>' for number in range(80_000))
    found = xmp.read(factory.xmp(f"<dc:title><rdf:Alt>{items}</rdf:Alt></dc:title>", source_type=""))
    assert found["title"][0] == "0"


def test_structures_within_properties_are_no_values() -> None:
    inner = "<dc:title><rdf:Description><dc:title>No</dc:title></rdf:Description></dc:title>"
    assert "title" not in xmp.read(factory.xmp(inner))


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        (factory.GENERATED, "generated"),
        ("https://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic/", "partly_generated"),
        ("digsrctype:digitalCapture", "camera"),
        ("digitalCreation", "software"),
        ("composite", "composite"),
        ("somethingElse", ""),
    ],
)
def test_a_source_type_declares_an_origin(said: str, origin: str) -> None:
    assert embedded_metadata.merge([(XMP, {"source_type": [said]})], unread=()).declared_origin == origin


def test_it_survives_json_and_what_is_no_such_json_is_nothing() -> None:
    said = embedded_metadata.merge([(XMP, {"title": ["a"], "keywords": ["b"]})], unread=[IIM])
    assert EmbeddedMetadata.from_json(said.to_json()) == said
    odds: tuple[object, ...] = (None, [], {"texts": 1}, {"keywords": {}}, {"texts": {"other": "x"}})
    for odd in odds:
        assert not EmbeddedMetadata.from_json(odd)
