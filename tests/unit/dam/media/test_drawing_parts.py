"""What a drawing is made of, read as a browser reads it."""

import base64
import time

import pytest

from dam.media.drawing_parts import Doubt, doubts

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:h="http://www.w3.org/1999/xhtml" width="9" height="9" viewBox="0 0 9 9">'
)
BOX = '<rect width="9" height="9"{}/>'


def of(inside: str, *, before: str = "") -> frozenset[Doubt]:
    return doubts(f"{before}{HEAD}{inside}</svg>".encode())


def data(kind: str, content: bytes) -> str:
    return f'<image href="data:image/{kind};base64,{base64.b64encode(content).decode()}"/>'


@pytest.mark.parametrize(
    "inside",
    [
        BOX.format(""),
        BOX.format(' style="fill:#c81e28;stroke : rgb(1, 2, 3) !important; mix-blend-mode:multiply"'),
        BOX.format(' fill="url(#a)" transform="translate(1 2) rotate(3)" data-name="@x" aria-label="a(b)"'),
        BOX.format(' filter="url(\'#a\')" id="canvas" class="mark menu"'),
        "<style>.a,g > #b *{fill:red;stroke:url(#c)} rect{opacity:.5}</style>",
        "<style><![CDATA[.a{fill:#fff}]]></style>",
        '<defs><linearGradient id="a"><stop stop-color="red"/></linearGradient></defs><use xlink:href="#a"/>',
        '<a xlink:href="#b" xlink:type="simple"><path d="M1 2v3h4l-1-2z"/></a>',
        data("png", b"\x89PNG\r\n\x1a\n"),
        data("jpeg", b"\xff\xd8\xff\xe0"),
        "<title>On air now</title><desc>onload=x url(y)</desc>",
        '<i:named xmlns:i="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" i:any="url(x)"/>',
        '<metadata><c:manifest xmlns:c="http://c2pa.org/manifest">AAAA</c:manifest></metadata>',
        "<?xpacket begin=''?><text> </text>",
    ],
)
def test_what_draws_with_its_own_parts_alone_is_not_doubted(inside: str) -> None:
    assert of(inside) == frozenset()
    assert of(inside, before="<?xml version='1.0' encoding='UTF-8'?><!-- drawn -->") == frozenset()


@pytest.mark.parametrize(
    "inside",
    [
        '<animate attributeName="fill" values="red;blue" dur="1s"/>',
        '<animateTransform attributeName="transform" type="rotate" to="9" dur="1s"/>',
        '<animateMotion path="M0 0h9" dur="1s"/>',
        '<animateColor attributeName="fill" to="red" dur="1s"/>',
        '<set attributeName="visibility" to="hidden" begin="5s"/>',
        "<style>@keyframes a{to{opacity:0}}</style>",
        "<style>@-webkit-keyframes a{to{opacity:0}}</style>",
        "<style>rect{animation:a 1s}</style>",
        "<style>rect{transition:fill 1s} </style>",
        BOX.format(' style="animation-name:a"'),
        BOX.format(' style="fill:red;TRANSITION:all 1s"'),
        BOX.format(' style="offset-path:path(&quot;M0 0&quot;)"'),
        data("gif", b"GIF89a"),
        data("png", b"GIF89a"),
        data("webp", b"RIFF    WEBP"),
        data("png", b"\x89PNG\r\n\x1a\n....acTL"),
    ],
)
def test_one_that_changes_over_time_is_doubted(inside: str) -> None:
    assert of(inside) == {Doubt.ACTIVE}


@pytest.mark.parametrize(
    "inside",
    [
        "<switch>" + BOX.format(' systemLanguage="de"') + "</switch>",
        BOX.format(' systemLanguage="de"'),
        BOX.format(' requiredExtensions="x"'),
        "<style>@media (prefers-color-scheme:dark){rect{fill:red}}</style>",
        "<style>@media print{rect{fill:red}}</style>",
        "<style>@supports (x:y){rect{fill:red}}</style>",
        "<style>@container (width:9px){rect{fill:red}}</style>",
        '<style media="print">rect{fill:red}</style>',
        "<style>rect:hover{fill:red}</style>",
        "<style>g{fill:red; rect:focus{fill:blue}}</style>",
        '<style>rect[id="a"]{fill:red}</style>',
        BOX.format(' fill="CanvasText"'),
        BOX.format(' style="fill:light-dark(red,blue)"'),
        BOX.format(' style="color-scheme:dark"'),
        BOX.format(' style="stroke-width:10vw"'),
        BOX.format(' style="fill:var(--a)"'),
        BOX.format(' style="fill:-webkit-link"'),
        '<view id="a" viewBox="0 0 1 1"/>',
        '<cursor id="a"/>',
    ],
)
def test_one_that_changes_with_the_viewer_is_doubted(inside: str) -> None:
    assert of(inside) == {Doubt.ACTIVE}


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<h:script>1</h:script>",
        '<script xmlns="http://www.w3.org/1999/xhtml">1</script>',
        '<h:meta http-equiv="refresh" content="0;url=http://x.example"/>',
        '<metadata><h:img src="http://x.example/a.png"/></metadata>',
        '<h:link rel="stylesheet" href="http://x.example/a.css"/>',
        '<math xmlns="http://www.w3.org/1998/Math/MathML" href="javascript:1"/>',
        '<x xmlns="http://unknown.example"/>',
        '<a xmlns=""/>',
        "<foreignObject/>",
        BOX.format(' onload="x()"'),
        BOX.format(' xml:base="http://x.example/"'),
        '<a href="java&#x73;cript:x()"/>',
        '<a href="&#106;avascript:x()"/>',
        '<a href="http://x.example" target="_blank"/>',
        '<use href="&#104;ttp://x.example/a.svg#a"/>',
        '<image href="/etc/passwd"/>',
        '<use href="data:image/png;base64,iVBORw0KGgo="/>',
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        BOX.format(' fill="u&#114;l(http://x.example/a)"'),
        BOX.format(' fill="url(&#x2f;a.svg#a)"'),
        BOX.format(' fill="url(#a) url(x)"'),
        BOX.format(r' style="fill:u\72l(http://x.example)"'),
        BOX.format(' style="filter:url(#a /**/ x)"'),
        BOX.format(" style=\"mask:image-set('http://x.example/a.png' 1x)\""),
        BOX.format(" style=\"mask:-webkit-image-set('a.png' 1x)\""),
        BOX.format(" style=\"mask:image('a.png')\""),
        BOX.format(" style=\"background:url('a.png')\""),
        r"<style>@im\70ort 'http://x.example/a.css';</style>",
        "<style>&#64;import 'a.css';</style>",
        "<style><![CDATA[@import 'a.css';]]></style>",
        "<style>@im<!-- -->port 'a.css';</style>",
        "<style>@font-face{font-family:a;src:url(a.woff)}</style>",
        "<style>rect{cursor:url(a.cur),auto}</style>",
        '<style>a{font-family:"/*";animation:b;font-family:"*/"}</style>',
        '<style>a{font-family:"{";fill:red;}}} @import "x"; {"}</style>',
        '<style type="text/x">a{fill:red}</style>',
        "<style><g>a{fill:red}</g></style>",
        "<?xml-stylesheet href='a.css'?>",
    ],
)
def test_one_that_would_run_or_load_something_is_doubted_however_it_is_written(inside: str) -> None:
    assert of(inside) == {Doubt.ACTIVE}


@pytest.mark.parametrize(
    "document",
    [
        f'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x.example/svg11.dtd">{HEAD}</svg>',
        f'<!DOCTYPE svg [<!ENTITY a "b">]>{HEAD}<title>&a;</title></svg>',
        f'<!DOCTYPE svg [<!ATTLIST rect onload CDATA "x()">]>{HEAD}<rect/></svg>',
        f"<?xml version='1.0' encoding='utf-7'?>{HEAD}</svg>",
        f"<?xml version='1.0' encoding='iso-8859-1'?>{HEAD}</svg>",
        f"<?xml-stylesheet href='a.css'?>{HEAD}</svg>",
        f"<g xmlns='http://www.w3.org/2000/svg'>{HEAD}</svg></g>",
        "<svg width='9' height='9'/>",
        HEAD,
        "<g>" * 100_000,
        "",
    ],
)
def test_a_document_that_is_no_plain_drawing_is_doubted(document: str) -> None:
    assert doubts(document.encode()) == {Doubt.ACTIVE}


@pytest.mark.parametrize(
    "inside",
    [
        "<text>Sale</text>",
        '<text font-family="Inter">Sale</text>',
        "<text><tspan>Sale</tspan></text>",
        "<text>&#83;</text>",
        '<text><textPath href="#a">Sale</textPath></text>',
        '<style>text{font:700 9px "Brand Sans",sans-serif}</style><text>Sale</text>',
    ],
)
def test_text_is_doubted_for_the_fonts_of_those_who_open_it(inside: str) -> None:
    assert of(inside) == {Doubt.TEXT}


def test_text_is_told_of_beside_what_else_is_doubted() -> None:
    assert of("<script/><text>Sale</text>") == {Doubt.ACTIVE, Doubt.TEXT}


@pytest.mark.parametrize(
    "repeated", ["a", " ", "-", "(", "url(", "url(#a", "inactive", "-a:", "/", "#", ";", "e", "}"]
)
@pytest.mark.parametrize(
    "place", ['<use href="#a{}!"/>', '<path d="{}!"/>', '<g style="fill:{}!"/>', "<style>{}!</style>"]
)
def test_it_is_read_at_once_however_long_a_value_is(place: str, repeated: str) -> None:
    started = time.process_time()
    of(place.format(repeated * 200_000))
    of(place.replace("#a", "").format(repeated * 200_000))
    assert time.process_time() - started < 5
