"""SVG: rdf:RDF in `<metadata>`, within x:xmpmeta or by itself (XMP specification part 3, 2.6).

A drawing is text of some megabytes at most: it is gone through without being kept as a tree, and changed at
one place, so that all else stays letter by letter.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from dam.media import drawings, xmp_packet
from dam.media.xmp_files.place import NoPlace, Values

_SVG = "http://www.w3.org/2000/svg"
_METADATA = f"{_SVG} metadata"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF"
_META = "adobe:ns:meta/ xmpmeta"
_META_SPACE = "adobe:ns:meta/"


@dataclass
class _Places:
    """Offsets in bytes in a drawing."""

    root: int = -1  # behind its outermost start tag
    rdf: tuple[int, int] | None = None
    around: tuple[int, int] | None = None  # x:xmpmeta, or rdf:RDF where it stands by itself
    spaces: dict[str, str] = field(default_factory=dict)  # in force where rdf:RDF begins, by prefix


def read(path: Path) -> Iterator[bytes]:
    """Its packet. Nothing of what is no XML, or too large."""
    with path.open("rb") as file:
        document = file.read(drawings.MOST_BYTES + 1)
    try:
        places = _places(document)
    except NoPlace:
        return
    if packet := _packet(document, places):
        yield packet


def write(source: BinaryIO, out: BinaryIO, values: Values) -> None:
    """In the place of the packet before, or first in the drawing. Raises NoPlace, xmp.Unreadable."""
    document = source.read(drawings.MOST_BYTES + 1)
    places = _places(document)
    packet = xmp_packet.write(values, before=_packet(document, places), wrapped=False)
    if places.around is not None:
        start, end = places.around
    else:
        start = end = places.root
        packet = f'<metadata xmlns="{_SVG}">'.encode() + packet + b"</metadata>"
    out.write(document[:start] + packet + document[end:])


def _packet(document: bytes, places: _Places) -> bytes:
    """rdf:RDF by itself, with the prefixes that stand for something around it."""
    if places.rdf is None:
        return b""
    start, end = places.rdf
    names = "".join(
        f" {f'xmlns:{prefix}' if prefix else 'xmlns'}={_quoted(space)}"
        for prefix, space in places.spaces.items()
        if prefix != "xmp-meta" and (space or not prefix)
    )
    head = f'<xmp-meta:xmpmeta xmlns:xmp-meta="{_META_SPACE}"{names}>'.encode()
    return head + document[start:end] + b"</xmp-meta:xmpmeta>"


def _quoted(value: str) -> str:
    """As an attribute's value. The standard library's `quoteattr` brings all of urllib along."""
    escaped = html.escape(value).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    return f'"{escaped}"'


def _places(document: bytes) -> _Places:
    """Raises NoPlace for what is no drawing that can be changed."""
    if len(document) > drawings.MOST_BYTES:
        raise NoPlace("The drawing is too large.")
    try:
        return _Reader(document).read()
    except (expat.ExpatError, ValueError, LookupError) as problem:
        raise NoPlace("The drawing isn't what SVG is.") from problem


class _Reader:
    """Goes through the document once, and keeps where things are."""

    def __init__(self, document: bytes) -> None:
        self._document = document
        self._places = _Places()
        self._open: list[str] = []
        self._spaces: dict[str, list[str]] = {}
        self._starts: list[int] = []  # of elements from `metadata` on
        self._ending: tuple[str, int] | None = None  # of which the end tag ends where the next thing begins
        self._parser = expat.ParserCreate("utf-8", namespace_separator=" ")

    def read(self) -> _Places:
        parser = self._parser
        parser.StartDoctypeDeclHandler = self._typed
        parser.StartNamespaceDeclHandler = self._named
        parser.EndNamespaceDeclHandler = self._unnamed
        parser.StartElementHandler = self._opened
        parser.EndElementHandler = self._closed
        parser.CharacterDataHandler = self._passed
        parser.CommentHandler = self._passed
        parser.ProcessingInstructionHandler = self._instructed
        parser.StartCdataSectionHandler = self._moved
        parser.Parse(self._document, True)
        if self._places.root < 0:
            raise NoPlace("The drawing is empty.")
        return self._places

    @property
    def _at(self) -> int:
        return self._parser.CurrentByteIndex

    def _typed(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:  # it may say what stands for what
            raise NoPlace("The drawing defines entities.")

    def _named(self, prefix: str | None, space: str | None) -> None:
        self._spaces.setdefault(prefix or "", []).append(space or "")

    def _unnamed(self, prefix: str | None) -> None:
        self._spaces[prefix or ""].pop()

    def _passed(self, _words: str) -> None:
        self._moved()

    def _instructed(self, _target: str, _words: str) -> None:
        self._moved()

    def _moved(self) -> None:
        """Something begins: whatever was open or closed before it ends here."""
        if len(self._open) == 1 and self._places.root < 0:
            self._places.root = self._at
        if self._ending is not None:
            name, start = self._ending
            self._ending = None
            if name == _RDF and self._places.rdf is None:
                self._places.rdf = self._places.around = (start, self._at)
            elif name == _META and self._places.rdf is not None and start < self._places.rdf[0]:
                self._places.around = (start, self._at)

    def _opened(self, name: str, _attributes: dict[str, str]) -> None:
        self._moved()
        self._open.append(name)
        self._starts.append(self._at)
        if name == _RDF and self._places.rdf is None:
            self._places.spaces = {prefix: named[-1] for prefix, named in self._spaces.items() if named}

    def _closed(self, name: str) -> None:
        if len(self._open) > 1:
            self._moved()
        self._open.pop()
        start = self._starts.pop()
        metadata, around = self._open[1:2], self._open[2:]
        if metadata == [_METADATA] and (name, around) in ((_META, []), (_RDF, []), (_RDF, [_META])):
            self._ending = (name, start)
