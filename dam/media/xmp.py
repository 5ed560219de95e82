"""IPTC's properties in an XMP packet. Pure, and called in the decoder process alone.

Nothing of a document type is taken: no entities but XML's own five, so that no text stands for more than
it is. The packet isn't kept as a tree, and nests no deeper than XMP does.
"""

import codecs
from xml.parsers import expat

MOST_BYTES = 4 * 1024 * 1024  # of a packet; those of pictures and films have some kilobytes
DEEPEST = 100  # elements within each other; real ones have ten
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<\0")  # what a packet in it begins with

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_NOTE = "http://ns.adobe.com/xmp/note/"
_LANG = "http://www.w3.org/XML/1998/namespace lang"
_ROOT, _ABOUT, _ITEM, _RESOURCE = (f"{_RDF} {name}" for name in ("RDF", "Description", "li", "resource"))
_LISTS = {f"{_RDF} {name}" for name in ("Alt", "Bag", "Seq")}

EXTENDED = "extended"
PROPERTIES = {
    f"{_DC} title": "title",
    f"{_DC} description": "description",
    f"{_DC} subject": "keywords",
    f"{_DC} creator": "creator",
    f"{_DC} rights": "copyright",
    "http://ns.adobe.com/photoshop/1.0/ Credit": "credit",
    "http://ns.adobe.com/xap/1.0/rights/ UsageTerms": "usage",
    f"{_EXT} DigitalSourceType": "source_type",
    # The Photo Metadata Standard 2025.1.
    f"{_EXT} AISystemUsed": "ai_system",
    f"{_EXT} AISystemVersionUsed": "ai_system_version",
    f"{_EXT} AIPromptInformation": "ai_prompt",
    # What doesn't fit into the 64 KiB of a segment of JPEG goes into others (dam.media.xmp_extended).
    f"{_NOTE} HasExtendedXMP": EXTENDED,
}


class Unreadable(ValueError):
    """It is no XMP, damaged, too large, or tries to be more than that."""


def read(packet: bytes) -> dict[str, list[str]]:
    """The values, in their order, of each property by its name (embedded_metadata.LONGEST, and keywords).

    EXTENDED among them has the GUID of what there is in other segments of the file.

    Of several languages the default one comes first. Raises Unreadable.
    """
    if len(packet) > MOST_BYTES:
        raise Unreadable("The packet is too large.")
    reader = _Reader()
    try:
        reader.read(trimmed(packet))
    except (expat.ExpatError, ValueError, LookupError) as problem:
        raise Unreadable("The packet isn't what XMP is.") from problem
    return reader.found


def trimmed(packet: bytes) -> bytes:
    """Without what some pad it with."""
    if packet.startswith(_UTF_16):  # in which half of a letter is a NUL
        end = len(packet.rstrip(b"\0"))
        return packet[: end + end % 2]
    return packet.strip(b"\0 \t\r\n")


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self._defaults: set[str] = set()  # of which the default language was found
        self._depth = 0
        self._root = 0  # the depth of rdf:RDF, once it is open
        self._name = ""  # of the property that is open
        self._text: list[str] | None = None  # of what is open and may be a value
        self._first = False  # whether it is to stand before the others

    def read(self, packet: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._typed
        parser.StartElementHandler = self._opened
        parser.EndElementHandler = self._closed
        parser.CharacterDataHandler = self._said
        parser.Parse(packet, True)

    def _typed(self, *_declared: object) -> None:
        raise Unreadable("A packet has no document type.")

    def _opened(self, element: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable("The packet nests too deep.")
        if not self._root:
            self._root = self._depth if element == _ROOT else 0
            return
        match self._depth - self._root:
            case 1 if element == _ABOUT:  # short values may be its attributes
                for name, value in attributes.items():
                    self._keep(PROPERTIES.get(name, ""), value)
            case 2:
                self._name = PROPERTIES.get(element, "")
                self._keep(self._name, attributes.get(_RESOURCE, ""))
                self._text, self._first = [], False
            case 3:
                self._text = None  # what stands around a list is none of its values
                self._name = self._name if element in _LISTS else ""
            case 4 if element == _ITEM:
                self._keep(self._name, attributes.get(_RESOURCE, ""))
                self._text, self._first = [], attributes.get(_LANG, "").lower() == "x-default"
            case _:
                self._text = None

    def _closed(self, _element: str) -> None:
        if self._text is not None and self._depth - self._root in (2, 4):
            self._keep(self._name, "".join(self._text), first=self._first)
            self._text = None
        if self._depth == self._root:
            self._root = 0
        self._depth -= 1

    def _said(self, text: str) -> None:
        if self._text is not None and self._name:
            self._text.append(text)

    def _keep(self, name: str, value: str, *, first: bool = False) -> None:
        if not name or not value.strip():
            return
        values = self.found.setdefault(name, [])
        if first and name not in self._defaults:
            self._defaults.add(name)
            values.insert(0, value)
        else:
            values.append(value)
