"""An XMP packet that says what is known of a file, beside all that one before it says. Pure.

Called in the decoder process alone: the packet before comes out of a file from outside. dam.media.xmp reads
what this writes.
"""

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from dam.media import xmp

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_META = "adobe:ns:meta/"
_PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
_TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PREFIXES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "plus": _PLUS,
    "rdf": _RDF,
    "TC260": _TC260,
    "x": _META,
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}

# By the names of dam.media.embedded_metadata, the properties that are lists (Alt: of one text, by language).
LISTS = {"title": "Alt", "description": "Alt", "keywords": "Bag", "copyright": "Alt", "usage": "Alt"}
PLAIN = ("credit", "source_type", "ai_system", "ai_system_version")
# As ElementTree names them.
PROPERTIES = {
    name: "{{{}}}{}".format(*qualified.split())
    for qualified, name in xmp.PROPERTIES.items()
    if name in LISTS or name in PLAIN
} | {"data_mining": f"{{{_PLUS}}}DataMining", "aigc": f"{{{_TC260}}}AIGC"}

_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = '\n<?xpacket end="w"?>'
# XML has no way to write these, nor halves of pairs.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for _prefix, _name in PREFIXES.items():
    ElementTree.register_namespace(_prefix, _name)


def write(values: Mapping[str, str | Sequence[str]], *, before: bytes = b"", wrapped: bool = True) -> bytes:
    """A packet in UTF-8 with these values by the names of PROPERTIES, keywords as several texts.

    Not `wrapped`, it is an element that may stand in a document.
    Of the packet `before` all else stays, and what it says of these properties goes. Empty values are as
    none. Raises xmp.Unreadable where there is one before that can't be read, KeyError for unknown names.
    """
    given = {name: value for name, value in values.items() if value}
    names = {PROPERTIES[name] for name in given}
    root, rdf = _tree(before)
    about = ""
    for description in rdf.findall(f"{{{_RDF}}}Description"):
        about = about or description.get(f"{{{_RDF}}}about", "")
        for attribute in names & description.attrib.keys():
            del description.attrib[attribute]
        for element in [each for each in description if each.tag in names]:
            description.remove(element)
    ours = ElementTree.SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": about})
    for name, value in given.items():
        _add(ours, name, [value] if isinstance(value, str) else value)
    text = ElementTree.tostring(root, encoding="unicode")
    return (f"{_BEGIN}{text}{_END}" if wrapped else text).encode()


def _tree(before: bytes) -> tuple[ElementTree.Element, ElementTree.Element]:
    """The outermost element, and rdf:RDF, of the packet before or of an empty one."""
    if before:
        xmp.read(before)  # no document type, not too large, not too deep
        try:
            # In UTF-8 as ElementTree is given it, whatever it was in: expat looks at its first bytes.
            root = ElementTree.fromstring(xmp.trimmed(before))
        except (ElementTree.ParseError, ValueError, LookupError) as problem:
            raise xmp.Unreadable("The packet isn't what XMP is.") from problem
        rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f".//{{{_RDF}}}RDF")
        if rdf is not None:
            return root, rdf
    root = ElementTree.Element(f"{{{_META}}}xmpmeta")
    return root, ElementTree.SubElement(root, f"{{{_RDF}}}RDF")


def _add(parent: ElementTree.Element, name: str, texts: Sequence[str]) -> None:
    element, kind = ElementTree.SubElement(parent, PROPERTIES[name]), LISTS.get(name)
    if kind is None:
        element.text = _clean(texts[0])
        return
    items = ElementTree.SubElement(element, f"{{{_RDF}}}{kind}")
    for text in texts:
        item = ElementTree.SubElement(items, f"{{{_RDF}}}li")
        item.text = _clean(text)
        if kind == "Alt":
            item.set(_LANG, "x-default")


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
