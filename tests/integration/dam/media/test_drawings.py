"""SVG is drawn, and nothing that it names is run or loaded."""

import socket
from functools import partial
from pathlib import Path

import pytest
import resvg_py
from PIL import Image

from dam.media import drawings, previews, runner
from dam.media.errors import FileRefused
from dam.media.probe import Kind

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
BOX = '<rect width="120" height="60" fill="#c81e28"/>'
BILLION = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))


def svg(path: Path, inside: str = BOX, *, root: str = 'width="120" height="60"', before: str = "") -> Path:
    path.write_text(f"{before}{HEAD} {root}>{inside}</svg>")
    return path


def colour_in_the_middle(path: Path) -> list[int]:
    frame = next(iter(runner.sample_frames(path, count=1, max_side=600)))
    height, width = frame.rgb.shape[:2]
    return [int(value) for value in frame.rgb[height // 2, width // 2]]


def test_a_drawing_is_a_still_of_the_size_it_says(tmp_path: Path) -> None:
    info = runner.probe(svg(tmp_path / "logo.svg"))
    assert (info.kind, info.container, info.width, info.height) == (Kind.STILL, "SVG", 120, 60)
    assert (info.transparent, info.warnings) == (False, ())
    assert colour_in_the_middle(tmp_path / "logo.svg") == [200, 30, 40]


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('viewBox="0 0 300 100"', (300, 100)),
        ('width="50%" viewBox="0,0,300,100"', (300, 100)),
        ('width="150" viewBox="0 0 300 100"', (150, 50)),
        ('width="1in" height="2in"', (96, 192)),
    ],
)
def test_its_size_is_read_as_browsers_do(tmp_path: Path, root: str, size: tuple[int, int]) -> None:
    info = runner.probe(svg(tmp_path / "logo.svg", root=root))
    assert (info.width, info.height) == size


@pytest.mark.parametrize(
    ("before", "root"),
    [
        ("<!-- <svg width='900' height='1'> -->", 'width="120" height="60"'),
        ("", """data-was=' width="900" ' width='120' height="60\""""),
        ("", 'data-was="a > b" width="120" height="60"'),
        ("", 'width="&#49;20" height="6&#x30;"'),
        ('<!DOCTYPE svg [<!ENTITY a \'<svg width="9" height="9">\'>]>', 'width="120" height="60"'),
    ],
)
def test_its_size_is_that_of_the_drawing_itself(tmp_path: Path, before: str, root: str) -> None:
    info = runner.probe(svg(tmp_path / "logo.svg", root=root, before=f"<?xml version='1.0'?>{before}"))
    assert (info.width, info.height) == (120, 60)


def test_a_small_one_is_drawn_large(tmp_path: Path) -> None:
    path = svg(tmp_path / "logo.svg")
    assert previews.picture(path, tmp_path / "picture.webp", info=runner.probe(path)) == (2048, 1024)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>fetch('/secret')</script>",
        '<rect width="9" height="9" onload="alert(1)"/>',
        '<a xlink:href="javascript:alert(1)"><rect width="9" height="9"/></a>',
        '<image href="http://tracker.example/x.png" width="9" height="9"/>',
        '<image href="/etc/passwd" width="9" height="9"/>',
        "<style>@import url(http://tracker.example/x.css)</style>",
        '<rect width="9" height="9" fill="url(http://tracker.example/x.svg#a)"/>',
        "<foreignObject><body onload='x()'/></foreignObject>",
        '<a><animate attributeName="href" values="javascript:alert(1)"/></a>',
    ],
)
def test_one_that_would_run_or_load_something_says_so_and_is_drawn_without(
    tmp_path: Path, inside: str
) -> None:
    path = svg(tmp_path / "sly.svg", BOX + inside)
    (warning,) = runner.probe(path).warnings
    assert warning.startswith("This SVG holds scripts, animation,")
    assert colour_in_the_middle(path) == [200, 30, 40]


def test_what_draws_with_its_own_parts_alone_is_harmless(tmp_path: Path) -> None:
    inside = (
        '<defs><linearGradient id="a"><stop stop-color="red"/></linearGradient></defs>'
        '<rect width="9" height="9" fill="url(#a)"/><use xlink:href="#a"/>'
        '<image href="data:image/png;base64,iVBORw0KGgo=" width="1" height="1"/>'
        "<title>Season opening: on air now</title>"
    )
    path = svg(tmp_path / "logo.svg", inside)
    assert drawings.is_inert(path)
    assert runner.probe(path).warnings == ()


@pytest.mark.parametrize(
    "style",
    [
        "",
        ' font-family="Inter"',
        ' font-family="serif"',
        ' style="font-family:Nowhere Sans"',
        ' font-weight="700"',
    ],
)
def test_its_text_is_shown_and_the_page_says_that_it_may_look_different(tmp_path: Path, style: str) -> None:
    path = svg(tmp_path / "sale.svg", f'<text x="2" y="50" font-size="50" {style}>SALE</text>')
    frame = next(iter(runner.sample_frames(path, count=1, max_side=600)))
    assert 0.05 < (frame.rgb < 128).mean() < 0.6
    (warning,) = runner.probe(path).warnings
    assert warning.startswith("The text in this SVG may look different from your design.")


def test_its_text_is_shown_on_a_machine_without_fonts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = resvg_py.svg_to_bytes
    monkeypatch.setattr(resvg_py, "svg_to_bytes", partial(drawn, skip_system_fonts=True))
    drawing = drawings.read(svg(tmp_path / "sale.svg", '<text x="2" y="50" font-family="Arial">SALE</text>'))
    assert drawings.draw(drawing, max_side=600).getbbox() is not None


def test_what_is_transparent_stays_so_in_the_png_that_is_made_for_release(tmp_path: Path) -> None:
    path = svg(
        tmp_path / "logo.svg", '<script/><rect width="60" height="60" fill="#c81e28" fill-opacity=".5"/>'
    )
    runner.convert_still(path, tmp_path / "release.png")
    with Image.open(tmp_path / "release.png") as made:
        assert made.mode == "RGBA"
        width, height = made.size
        assert made.getpixel((width * 3 // 4, height // 2)) == (0, 0, 0, 0)
        pixel = made.getpixel((width // 4, height // 2))
    assert pixel == pytest.approx((200, 30, 40, 128), abs=2)
    assert colour_in_the_middle(svg(tmp_path / "empty.svg", "")) == [255, 255, 255]


def test_no_address_is_asked_while_it_is_drawn(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        path = svg(tmp_path / "sly.svg", f'{BOX}<image xlink:href="{address}" width="50" height="50"/>')
        runner.probe(path)
        colour_in_the_middle(path)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    ("inside", "root", "before", "codes"),
    [
        (BOX, 'width="99999" height="99999"', "", {"too_wide"}),
        (BOX, 'width="1e999" height="1"', "", {"not_a_picture"}),
        (BOX, "", "", {"not_a_picture"}),
        ("<rect", 'width="9" height="9"', "", {"damaged"}),
        ("<g>" * 200_000, 'width="9" height="9"', "", {"damaged", "too_costly"}),
        (
            "<text>&a9;</text>",
            'width="9" height="9"',
            f"<!DOCTYPE svg [{BILLION}]>",
            {"damaged", "too_costly"},
        ),
    ],
    ids=["huge", "endless", "no-size", "broken", "deep", "billion"],
)
def test_one_that_is_broken_or_a_bomb_is_refused(
    tmp_path: Path, inside: str, root: str, before: str, codes: set[str]
) -> None:
    path = svg(tmp_path / "bomb.svg", inside, root=root, before=f"<?xml version='1.0'?>{before}")
    with pytest.raises(FileRefused) as refused:
        runner.probe(path)
    assert refused.value.code in codes
