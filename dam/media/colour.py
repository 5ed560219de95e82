"""The picture as SDR in Rec.709: one definition, for every picture that is made of a master. Pure.

Posters, sprites and what encoders look at are computed with `to_bt709`; movies by FFmpeg from a table of
the same function (`table`). What a file does not say, or says wrongly, is settled once, in `of`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dam.media import matrices, primaries, tone_mapping, transfers
from dam.media.probe import MediaInfo
from dam.media.transfers import Values

# Transparent parts are shown on this, in every picture alike.
GROUND = "black"  # named in templates/assets/_details.html
# What reads the transparency of these; FFmpeg's own decoders leave it out.
ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
UNSPECIFIED = 2
FULL_RANGE = 2  # FFmpeg's AVCOL_RANGE_JPEG; 1 is the limited one of television
_RGB = re.compile(r"(x2|0|a)?(rgb|bgr)|gbr|pal8|xyz|bayer")
_GRAY = re.compile(r"gray|ya\d|mono")
_ALPHA = re.compile(r"yuva|ya\d|gbrap|rgba|bgra|argb|abgr|ayuv|vuya|pal8")


class Layout(StrEnum):
    YUV = "yuv"
    RGB = "rgb"
    GRAY = "gray"


@dataclass(frozen=True)
class Picture:
    """How a decoder's pictures are to be read. The numbers are those of ITU-T H.273."""

    layout: Layout
    depth: int  # bits: 8, 10, 12 or 16
    alpha: bool
    matrix: int
    primaries: int
    transfer: int
    full_range: bool

    @property
    def planar(self) -> str:
        """FFmpeg's pixel format that holds the same values in whole planes of this depth."""
        name = "yuv444p" if self.layout is Layout.YUV else "gbrp"
        name = name[:-1] + "ap" if self.alpha and name == "gbrp" else name
        name = name.replace("yuv", "yuva") if self.alpha else name
        return name if self.depth == 8 else f"{name}{self.depth}le"

    @property
    def is_plain(self) -> bool:
        """Whether FFmpeg's scaler can make it Rec.709: its range, how it is stored, a common matrix."""
        same = self.primaries == primaries.BT709 and transfers.is_ordinary(self.transfer)
        if self.layout is Layout.YUV:
            return same and self.matrix in matrices.SCALERS
        return same and self.layout is Layout.RGB


def has_alpha(pixel_format: str) -> bool:
    return bool(_ALPHA.match(pixel_format))


def of(info: MediaInfo) -> Picture:
    name = info.pixel_format
    layout = Layout.RGB if _RGB.match(name) else Layout.GRAY if _GRAY.match(name) else Layout.YUV
    transfer, matrix, gamut = info.colour_transfer, info.colour_matrix, info.colour_primaries
    if transfer == UNSPECIFIED:  # facts of an earlier release say only this
        transfer = {"pq": transfers.PQ, "hlg": transfers.HLG}.get(info.transfer, UNSPECIFIED)
    hdr = transfer in transfers.PEAKS
    wrong = (matrix in matrices.OF_HDR and not hdr) or (matrix == matrices.IDENTITY and layout is Layout.YUV)
    if wrong or matrix not in matrices.KNOWN:
        wide = hdr or gamut == primaries.BT2020
        large = info.width >= 1280 or info.height > 576
        matrix = matrices.BT2020 if wide else matrices.BT709 if large else matrices.BT601
    if gamut not in primaries.CHROMATICITIES:
        wide = hdr or matrix in (matrices.BT2020, matrices.BT2020_CL)
        gamut = primaries.BT2020 if wide else primaries.BT709
    if matrix in matrices.OF_HDR and layout is Layout.YUV:
        gamut = primaries.BT2020  # they are defined in no other
    return Picture(
        layout=layout,
        depth=next((depth for depth in (8, 10, 12) if info.bit_depth <= depth), 16),
        alpha=has_alpha(name),
        matrix=matrix,
        primaries=gamut,
        transfer=transfer,
        # RGB is full whatever a header says: encoders write the wrong word, players know.
        full_range=layout is Layout.RGB or _is_full(info) or (matrix in matrices.YCGCO_R),
    )


def is_matrix_unknown(info: MediaInfo) -> bool:
    """Whether the file names a matrix of which another is made here: the page says so."""
    if info.colour_matrix in (UNSPECIFIED, matrices.IDENTITY):
        return False
    picture = of(info)
    return picture.layout is Layout.YUV and picture.matrix != info.colour_matrix


def _is_full(info: MediaInfo) -> bool:
    if info.colour_range:
        return info.colour_range == FULL_RANGE
    stills = info.video_codec in ("ffv1", "png", "mjpeg", "rawvideo", "qtrle")
    return info.pixel_format.startswith("yuvj") or (stills and bool(_GRAY.match(info.pixel_format)))


def to_bt709(signal: Values, picture: Picture) -> Values:
    """[..., 3] of a decoder's values, 0 to 1 of what its bits hold, to R, G and B from 0 to 1.

    The three are planes in the order of the layout: Y, Cb and Cr, or R, G and B.
    """
    return np.clip(_unbounded(signal, picture), 0, 1)


def table(picture: Picture) -> str:
    """`to_bt709` as a .cube file for FFmpeg's lut3d, which has red, green and blue for inputs.

    Y, Cb and Cr are laid into the places of green, blue and red, as planar RGB stores them.
    """
    # A matrix alone is straight, and so between two points as well; bent curves want more of them.
    size = 65 if picture.transfer in transfers.PEAKS else 33
    steps = np.linspace(0, 1, size, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")  # red runs fastest
    order = (green, blue, red) if picture.layout is Layout.YUV else (red, green, blue)
    values = _unbounded(np.stack(order, axis=-1), picture).reshape(-1, 3)
    lines = "\n".join(f"{r:.5f} {g:.5f} {b:.5f}" for r, g, b in values.tolist())
    return f"LUT_3D_SIZE {size}\n{lines}\n"


def _unbounded(signal: Values, picture: Picture) -> Values:
    planes = _expand(np.asarray(signal, np.float32), picture)
    transfer, gamut = picture.transfer, picture.primaries
    if picture.layout is Layout.YUV:
        planes = matrices.to_rgb(planes, matrix=picture.matrix, primaries=gamut, transfer=transfer)
    if gamut == primaries.BT709 and transfers.is_ordinary(transfer):
        return planes
    light = transfers.to_light(planes, transfer)
    if transfer == transfers.HLG:
        light = transfers.hlg_to_screen(light, primaries.luminance(gamut))
    light = light @ primaries.to_bt709(gamut).T
    if transfer in transfers.PEAKS:
        light = tone_mapping.to_sdr(light, peak=transfers.PEAKS[transfer])
    return transfers.to_screen(light)


def _expand(signal: Values, picture: Picture) -> Values:
    """Without foot- and headroom: luma, R, G and B from 0 to 1, colour differences from -1/2 to 1/2."""
    most, step = 2**picture.depth - 1, 2 ** (picture.depth - 8)
    middle = np.array([0, 128 * step, 128 * step] if picture.layout is Layout.YUV else [0, 0, 0])
    code = signal * most
    if picture.full_range:
        return np.asarray((code - middle) / most, np.float32)
    if picture.layout is Layout.YUV:
        foot, span = np.array([16, 128, 128]) * step, np.array([219, 224, 224]) * step
    else:
        foot, span = np.array([16] * 3) * step, np.array([219] * 3) * step
    return np.asarray((code - foot) / span, np.float32)
