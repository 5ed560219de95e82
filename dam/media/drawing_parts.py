"""What a drawing may be made of, so that everybody who opens it sees what its reviewers saw, and no more.

Read as XML, after every reference is resolved, and held against lists of what is known to draw and do nothing
else: what isn't on them is doubted. Pure.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from xml.parsers import expat

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
# What editors and catalogues write for themselves. Browsers know none of it.
FOREIGN = (
    "http://www.inkscape.org/namespaces/inkscape",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://creativecommons.org/ns#",
    "http://web.resource.org/cc/",
    "http://purl.org/dc/elements/1.1/",
    "http://purl.org/dc/terms/",
    "http://c2pa.org/manifest",
    "http://www.serif.com/",
    "http://www.bohemiancoding.com/sketch/ns",
    "adobe:ns:meta/",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "http://ns.useplus.org/ldf/xmp/1.0/",
)
FOREIGN_FAMILY = "http://ns.adobe.com/"


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


TEXT = _names("text tspan textPath")
ELEMENTS = TEXT | _names(
    """svg g defs symbol use title desc metadata style a path rect circle ellipse line polyline polygon
    image     linearGradient radialGradient stop clipPath mask pattern marker filter feBlend
    feColorMatrix     feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDistantLight     feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
    feGaussianBlur feImage feMerge feMergeNode     feMorphology feOffset fePointLight feSpecularLighting
    feSpotLight feTile feTurbulence"""
)
# Presentation attributes, which are properties in styles too.
PROPERTIES = _names(
    """alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation
    color-interpolation-filters color-rendering direction display dominant-baseline enable-background
    fill     fill-opacity fill-rule filter flood-color flood-opacity font font-family
    font-feature-settings     font-kerning font-size font-size-adjust font-stretch font-style
    font-variant font-variant-caps     font-variant-east-asian font-variant-ligatures
    font-variant-numeric font-variant-position font-variation-settings font-weight
    glyph-orientation-horizontal glyph-orientation-vertical image-rendering inline-size isolation
    kerning     letter-spacing lighting-color line-height marker marker-end marker-mid marker-start mask
    mask-type     mix-blend-mode opacity overflow paint-order shape-inside shape-padding shape-rendering
    solid-color     solid-opacity stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset
    stroke-linecap     stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-align
    text-anchor text-decoration     text-decoration-color text-decoration-line text-decoration-style
    text-indent text-orientation     text-rendering text-transform transform unicode-bidi vector-effect
    visibility white-space word-spacing     writing-mode"""
)
ATTRIBUTES = PROPERTIES | _names(
    """id class style lang role type version baseProfile contentScriptType contentStyleType zoomAndPan x
    y     width height viewBox preserveAspectRatio d points pathLength cx cy r rx ry x1 y1 x2 y2 fx fy
    fr dx dy     rotate textLength lengthAdjust startOffset method spacing side offset gradientUnits
    gradientTransform     spreadMethod clipPathUnits maskUnits maskContentUnits patternUnits
    patternContentUnits patternTransform     markerUnits markerWidth markerHeight refX refY orient
    filterUnits primitiveUnits in in2 result mode values operator k1     k2 k3 k4 order kernelMatrix
    divisor bias targetX targetY edgeMode kernelUnitLength preserveAlpha     surfaceScale
    diffuseConstant specularConstant specularExponent limitingConeAngle azimuth elevation z
    pointsAtX pointsAtY pointsAtZ scale xChannelSelector yChannelSelector stdDeviation radius
    baseFrequency     numOctaves seed stitchTiles tableValues slope intercept amplitude exponent"""
)
FUNCTIONS = _names(
    """rgb rgba hsl hsla matrix translate translatex translatey scale scalex scaley rotate skewx
    skewy     blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia"""
)

# None of them goes over a place twice: they are held against values of megabytes outside the sandbox.
_BACKWARDS = re.compile(r"[\w-]*")
_URL = re.compile(r"url\(\s*(['\"]?)#[\w.:-]+\1\s*\)", re.IGNORECASE)
_FRAGMENT = re.compile(r"(#[\w.:-]*)?")
_SELECTOR = re.compile(r"[\w\s.#,*>+~-]*")
_DECLARATION = re.compile(r"\s*([A-Za-z-]+)\s*:([^{}]*)", re.DOTALL)
_PICTURE = re.compile(r"\s*data:image/(?:png|jpe?g);base64,([A-Za-z0-9+/=\s]*)", re.IGNORECASE)
# Lengths of the viewer's window, and colours of their system; what a browser calls its own.
_OF_THE_VIEWER = re.compile(
    r"""[\d.](?:[sdl]?v(?:w|h|i|b|min|max)|cq(?:w|h|i|b|min|max))\b
    | (?<![\w#-])(?:accentcolor(?:text)?|activetext|activeborder|activecaption|appworkspace|background
      |button(?:border|face|text|highlight|shadow)|canvas(?:text)?|captiontext|field(?:text)?|graytext
      |highlight(?:text)?|inactive\w+|info(?:background|text)|linktext|mark(?:text)?|menu(?:text)?|scrollbar
      |selecteditem(?:text)?|threed\w+|visitedtext|window(?:frame|text)?)(?![\w-])
    | (?<![\w-])-(?:webkit|moz|apple|ms|o)-""",
    re.IGNORECASE | re.VERBOSE,
)
_UTF8 = {None, "utf-8", "utf8", "us-ascii"}


class Doubt(StrEnum):
    """Why a drawing may be other things to other people."""

    ACTIVE = "active"  # it may do, load or change something, or browsers may take it otherwise than we
    TEXT = "text"  # it is set in the fonts of whoever opens it


def doubts(document: bytes) -> frozenset[Doubt]:
    """None of a drawing that draws, by itself alone, the same everywhere."""
    reader = _Reader()
    try:
        reader.read(document)
    except (_Doubtful, expat.ExpatError, ValueError, LookupError):
        reader.found.add(Doubt.ACTIVE)
    return frozenset(reader.found)


def root(document: bytes) -> dict[str, str]:
    """What the outermost element says of itself. Raises ValueError for what is no drawing."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.StartElementHandler = _begun
    try:
        parser.Parse(document, True)
    except _Begun as begun:
        space, local = _parted(begun.name)
        if local == "svg" and space in ("", SVG):
            return begun.attributes
    except expat.ExpatError as problem:
        raise ValueError("This is no XML.") from problem
    raise ValueError("This is no drawing.")


class _Begun(Exception):
    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        super().__init__(name)
        self.name, self.attributes = name, attributes


def _begun(name: str, attributes: dict[str, str]) -> None:
    raise _Begun(name, attributes)


class _Doubtful(Exception):
    """Something that is on no list."""


class _Reader:
    """Goes through the document without keeping it: however deep, it costs no memory."""

    def __init__(self) -> None:
        self.found: set[Doubt] = set()
        self._rooted = False
        self._style: list[str] | None = None  # what a style sheet says so far
        self._texts = 0  # elements of text that are open

    def read(self, document: bytes) -> None:
        """Raises _Doubtful and ExpatError where it goes no further."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._typed
        parser.ProcessingInstructionHandler = self._instructed
        parser.StartElementHandler = self._opened
        parser.EndElementHandler = self._closed
        parser.CharacterDataHandler = self._said
        parser.Parse(document, True)

    def _declared(self, version: str, encoding: str | None, _standalone: int) -> None:
        _require(version == "1.0" and (encoding.lower() if encoding else None) in _UTF8)

    def _typed(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        self.found.add(Doubt.ACTIVE)
        _require(not internal)  # it may say what is to stand for what: nothing after it is sure

    def _instructed(self, target: str, _data: str) -> None:
        if target != "xpacket":  # around what Adobe says of a file
            self.found.add(Doubt.ACTIVE)

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        try:
            self._check(*_parted(name), attributes)
        except _Doubtful:
            self.found.add(Doubt.ACTIVE)

    def _check(self, space: str, local: str, attributes: dict[str, str]) -> None:
        if space == SVG and local in TEXT:
            self._texts += 1
        _require(self._style is None and (self._rooted or (space, local) == (SVG, "svg")))
        self._rooted = True
        if _is_foreign(space):
            return
        _require(space == SVG and local in ELEMENTS)
        if local == "style":
            self._style = []
            _require(attributes.get("type", "text/css") == "text/css")
        for attribute, value in attributes.items():
            _check_attribute(local, attribute, value)

    def _closed(self, name: str) -> None:
        space, local = _parted(name)
        if space == SVG and local in TEXT:
            self._texts -= 1
        if (space, local) == (SVG, "style") and self._style is not None:
            sheet, self._style = "".join(self._style), None
            try:
                _check_sheet(sheet)
            except _Doubtful:
                self.found.add(Doubt.ACTIVE)

    def _said(self, words: str) -> None:
        if self._style is not None:
            self._style.append(words)
        elif self._texts and words.strip():
            self.found.add(Doubt.TEXT)


def _check_attribute(element: str, name: str, value: str) -> None:
    space, local = _parted(name)
    if _is_foreign(space):
        return
    if space == XML:
        return _require(local in {"space", "lang"})
    if local == "href" and space in ("", XLINK):
        return _require(
            bool(_FRAGMENT.fullmatch(value.strip())) or (element in {"image", "feImage"} and _is_still(value))
        )
    if space == XLINK:  # what older editors write of their links: nobody acts on it
        return _require(local in {"title", "role", "arcrole"} or (local, value) == ("type", "simple"))
    _require(not space)
    if local.startswith(("data-", "aria-")):
        return None
    _require(local in ATTRIBUTES)
    if local == "style":
        return _check_declarations(value.split(";"))
    if local not in {"id", "class", "lang"}:
        _check_value(value)
    return None


def _check_sheet(sheet: str) -> None:
    """Cut where rules of any depth could begin; the cuts inside quotes are too many, and do no harm."""
    _require("/*" not in sheet and "<!--" not in sheet and "-->" not in sheet)
    for part, end in re.findall(r"([^;{}]*)([;{}]|\Z)", sheet):
        if end == "{":
            _require(bool(_SELECTOR.fullmatch(part)))
        else:
            _check_declarations([part])


def _check_declarations(parts: Iterable[str]) -> None:
    for part in filter(str.strip, parts):
        found = _DECLARATION.fullmatch(part)
        _require(found is not None and "/*" not in part)
        assert found is not None
        name = found[1].lower()
        _require(name in PROPERTIES or name.startswith("-inkscape-"))
        _check_value(found[2])


def _check_value(value: str) -> None:
    _require("\\" not in value and "@" not in value)
    rest = _URL.sub("", value)
    _require(all(name in FUNCTIONS for name in _called(rest)))
    _require(not _OF_THE_VIEWER.search(rest))


def _called(value: str) -> Iterator[str]:
    """What stands before its brackets."""
    for before in value.split("(")[:-1]:
        name = _BACKWARDS.match(before.rstrip()[::-1])
        yield name[0][::-1].lower() if name else ""


def _is_still(address: str) -> bool:
    """Whether it is a picture inside the drawing that doesn't move: a browser goes by what its bytes are."""
    found = _PICTURE.fullmatch(address)
    if found is None:
        return False
    try:
        picture = base64.b64decode("".join(found[1].split()), validate=True)
    except binascii.Error:
        return False
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"acTL" not in picture
    return picture.startswith(b"\xff\xd8\xff")


def _is_foreign(space: str) -> bool:
    return space in FOREIGN or space.startswith(FOREIGN_FAMILY)


def _parted(name: str) -> tuple[str, str]:
    space, _, local = name.rpartition(" ")
    return space, local


def _require(kept: bool) -> None:
    if not kept:
        raise _Doubtful
