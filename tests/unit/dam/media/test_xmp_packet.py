"""Packets that say what is known of a file: read again by our own reader, with all that stood before."""

import codecs
from xml.etree import ElementTree

import pytest

from dam.media import xmp, xmp_packet

ALL = {
    "title": "Bottle <turning> & “glass”",
    "description": "One\nTwo",
    "keywords": ["red", "Paris, France"],
    "copyright": "© Northwind",
    "usage": "Web alone",
    "source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    "ai_system": "previz-dit",
    "ai_system_version": "0.3",
}
BEFORE = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" TC260:AIGC='{"Label":"1"}'
 dc:title="old, as an attribute">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">old</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator></rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def test_what_is_written_is_read() -> None:
    found = xmp.read(xmp_packet.write(ALL))
    assert found == {name: value if isinstance(value, list) else [value] for name, value in ALL.items()}


def test_all_else_of_the_packet_before_stays() -> None:
    packet = xmp_packet.write({"title": "new"}, before=BEFORE.encode())
    assert xmp.read(packet) == {"title": ["new"], "creator": ["Ada"]}
    # A label that a law demands, which we don't know: taken along as it is.
    assert b"http://www.tc260.org.cn/ns/AIGC/1.0/" in packet
    assert b"{&quot;Label&quot;:&quot;1&quot;}" in packet
    assert b"old" not in packet
    assert packet.count(b"uuid:1") == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_packet_before_may_be_in_any_encoding_of_xmp(encoding: str) -> None:
    packet = xmp_packet.write({"title": "neu: größer"}, before=BEFORE.encode(encoding))
    assert xmp.read(packet) == {"title": ["neu: größer"], "creator": ["Ada"]}


def test_written_twice_it_grows_no_second_value() -> None:
    once = xmp_packet.write(ALL)
    assert xmp.read(xmp_packet.write(ALL, before=once)) == xmp.read(once)


@pytest.mark.parametrize(
    "before",
    [
        b"<a><b></a>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x SYSTEM "http://example.com/x"><x/>',
        b"<x>" * (xmp.DEEPEST + 1) + b"</x>" * (xmp.DEEPEST + 1),
        b"<x>" + b" " * xmp.MOST_BYTES + b"</x>",
        codecs.BOM_UTF16_LE + b"\0",
    ],
    ids=["broken", "entities", "elsewhere", "deep", "large", "half a letter"],
)
def test_one_that_cannot_be_read_is_not_written_over(before: bytes) -> None:
    with pytest.raises(xmp.Unreadable):
        xmp_packet.write(ALL, before=before)


def test_a_packet_without_rdf_gives_way() -> None:
    assert xmp.read(xmp_packet.write({"title": "new"}, before=b"<x/>")) == {"title": ["new"]}


def test_letters_that_xml_has_no_way_to_write_are_replaced() -> None:
    packet = xmp_packet.write({"title": "a\0b\x1bc\ud800d\uffffe🎬"})
    assert xmp.read(packet) == {"title": ["a\ufffdb\ufffdc\ufffdd\ufffde🎬"]}
    ElementTree.fromstring(packet)


def test_nothing_is_said_of_what_is_empty() -> None:
    assert xmp.read(xmp_packet.write({"title": "new", "description": "", "keywords": []})) == {
        "title": ["new"]
    }


def test_a_name_that_is_none_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        xmp_packet.write({"titel": "x"})
