from dataclasses import replace

import numpy as np
import pytest

from dam.media import colour, transfers
from dam.media.colour import Layout, Picture
from dam.media.probe import MediaInfo
from dam.media.transfers import Values

from .test_probe import INFO

HD = replace(INFO, width=1920, height=1080)
EVERY_CODE = range(25)


def coded(luma: float, first: float = 128, second: float = 128) -> Values:
    return np.array([luma, first, second], np.float32) / 255


def picture(**said: int | str) -> Picture:
    return colour.of(replace(HD, **{f"colour_{name}": code for name, code in said.items()}))  # type: ignore[arg-type]


@pytest.mark.parametrize("matrix", EVERY_CODE)
@pytest.mark.parametrize("transfer", [1, 2, 8, 16, 18])
def test_every_matrix_shows_black_and_white(matrix: int, transfer: int) -> None:
    read = picture(matrix=matrix, transfer=transfer)
    # Without loss they have no foot and no headroom, and a quarter or half of what the bits hold.
    black, brightest = (0, {16: 64, 17: 128}[matrix]) if matrix in (16, 17) else (16, 235)
    assert colour.to_bt709(coded(black), read) == pytest.approx([0, 0, 0], abs=0.02)
    white = colour.to_bt709(coded(brightest), read)
    if matrix != 11:  # of X, Y and Z, which no film says without their primaries
        assert white.min() > 0.9
        assert np.ptp(white) < 0.06


@pytest.mark.parametrize("code", EVERY_CODE)
def test_every_transfer_and_all_primaries_can_be_shown(code: int) -> None:
    ramp = np.stack([coded(luma) for luma in range(16, 236)])
    shown = colour.to_bt709(ramp, picture(matrix=1, primaries=code, transfer=code))
    assert np.isfinite(shown).all()
    assert (np.diff(shown[:, 1]) >= -1e-4).all()


@pytest.mark.parametrize("transfer", [16, 18])
@pytest.mark.parametrize("primaries", [1, 9, 12])
def test_hdr_keeps_which_colours_are_strong(primaries: int, transfer: int) -> None:
    read = replace(picture(primaries=primaries, transfer=transfer), layout=Layout.RGB, full_range=True)
    for bar in np.ndindex(2, 2, 2):
        shown = colour.to_bt709(np.array(bar, np.float32) * 0.6, read)
        strong = np.array(bar, bool)
        if strong.any() and not strong.all():
            assert shown[strong].min() > 3 * shown[~strong].max()


def test_pq_in_bt709_primaries_keeps_a_colour_pure() -> None:
    read = replace(picture(primaries=1, matrix=1, transfer=16), layout=Layout.RGB, full_range=True)
    assert colour.to_bt709(np.array([0.6, 0, 0], np.float32), read)[1:] == pytest.approx([0, 0], abs=0.01)


@pytest.mark.parametrize(("transfer", "white"), [(16, 0.58), (18, 0.75)])
def test_diffuse_white_is_light_but_not_full(transfer: int, white: float) -> None:
    read = replace(picture(transfer=transfer), layout=Layout.RGB, full_range=True)
    shown = colour.to_bt709(np.full(3, white, np.float32), read) * 255
    assert 190 < shown.mean() < 235


def test_ycgco_is_undone() -> None:
    # Green 200, red 100, blue 50, by the definition.
    red, green, blue = 100 / 255, 200 / 255, 50 / 255
    luma, cg, co = green / 2 + (red + blue) / 4, green / 2 - (red + blue) / 4, (red - blue) / 2
    planes = np.array([16 + 219 * luma, 128 + 224 * cg, 128 + 224 * co], np.float32) / 255
    assert colour.to_bt709(planes, picture(matrix=8)) == pytest.approx([red, green, blue], abs=0.003)


def test_ictcp_without_hdr_is_not_believed() -> None:
    assert picture(matrix=14).matrix == 1
    assert picture(matrix=14, transfer=16).matrix == 14


@pytest.mark.parametrize(
    ("size", "matrix"), [((640, 360), 6), ((720, 576), 6), ((1280, 720), 1), ((576, 1024), 1)]
)
def test_a_matrix_that_is_not_said_follows_from_the_size(size: tuple[int, int], matrix: int) -> None:
    assert colour.of(replace(INFO, width=size[0], height=size[1])).matrix == matrix


def test_what_is_unsaid_beside_hdr_is_bt2020() -> None:
    read = picture(transfer=16)
    assert (read.matrix, read.primaries) == (9, 9)


def test_hdr_facts_of_an_earlier_release_are_still_understood() -> None:
    data = replace(HD, transfer="hlg").to_json()
    old = {name: value for name, value in data.items() if not name.startswith("colour_")}
    assert colour.of(MediaInfo.from_json(old)).transfer == transfers.HLG


@pytest.mark.parametrize("depth", [8, 10, 12])
def test_full_and_limited_range_end_at_the_same_white(depth: int) -> None:
    most, step = 2**depth - 1, 2 ** (depth - 8)
    info = replace(HD, bit_depth=depth, colour_matrix=1)
    for rng, white in ((1, 235 * step), (2, most)):
        planes = np.array([white, 128 * step, 128 * step], np.float32) / most
        shown = colour.to_bt709(planes, colour.of(replace(info, colour_range=rng)))
        assert shown == pytest.approx([1, 1, 1], abs=0.002)


@pytest.mark.parametrize(
    ("alpha", "names"),
    [
        (True, "yuva420p yuva444p12le gbrap10le argb ya8 rgba64be"),
        (False, "yuv420p gbrp gray rgb24 bgr0 nv12"),
    ],
)
def test_transparency_follows_from_the_pixel_format(alpha: bool, names: str) -> None:
    assert {colour.has_alpha(name) for name in names.split()} == {alpha}


def test_the_table_says_the_same_as_the_function() -> None:
    read = picture(matrix=9, primaries=9, transfer=16)
    lines = colour.table(read).splitlines()
    size = int(lines[0].split()[1])
    green, blue, red = 40, 32, 36  # places of Y, Cb and Cr
    listed = [float(word) for word in lines[1 + red + size * (green + size * blue)].split()]
    planes = np.array([green, blue, red], np.float32) / (size - 1)
    assert np.clip(listed, 0, 1) == pytest.approx(colour.to_bt709(planes, read), abs=2e-5)
