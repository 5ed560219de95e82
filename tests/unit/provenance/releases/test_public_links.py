"""The short address of a release, and its QR code."""

import io
import re

import pytest
from PIL import Image

from provenance.releases import public_links

SHA256 = "0123456789abcdef" * 4


def test_the_code_is_made_of_the_files_hash_and_can_be_typed() -> None:
    code = public_links.code_of(SHA256)
    assert code == "aerukz4jvpg66ajd"
    assert public_links.CODE.fullmatch(code)


def test_the_address_is_where_people_reach_this_installation(settings: object) -> None:
    settings.PUBLIC_URL = "https://dam.example.com"  # type: ignore[attr-defined]
    assert public_links.address_of(SHA256) == "https://dam.example.com/r/aerukz4jvpg66ajd/"


def modules_of(drawing: str) -> set[tuple[int, int]]:
    return {(int(x), int(y)) for x, y in re.findall(r"M(\d+),(\d+)h1v1h-1z", drawing)}


def test_drawing_and_picture_show_the_same_code_with_room_around_it() -> None:
    drawing = public_links.svg("https://dam.example.com/r/x/", title="Status <of> a & b")
    picture = Image.open(io.BytesIO(public_links.png("https://dam.example.com/r/x/")))
    side, step = picture.width // public_links.PIXELS, public_links.PIXELS
    dark = {
        (x, y)
        for x in range(side)
        for y in range(side)
        if not picture.getpixel((x * step + step // 2, y * step + step // 2))
    }
    assert dark == modules_of(drawing)
    assert min(min(each) for each in dark) == public_links.QUIET
    assert max(max(each) for each in dark) == side - public_links.QUIET - 1
    assert "<title>Status &lt;of> a &amp; b</title>" in drawing


def test_a_code_can_be_read_again() -> None:
    cv2 = pytest.importorskip("cv2", reason="no reader of QR codes is installed")
    numpy = pytest.importorskip("numpy")
    picture = Image.open(io.BytesIO(public_links.png("https://dam.example.com/r/x/"))).convert("L")
    text, *_ = cv2.QRCodeDetector().detectAndDecode(numpy.asarray(picture))
    assert text == "https://dam.example.com/r/x/"
