"""Matrix coefficients (ITU-T H.273): from what a decoder's three planes hold to red, green and blue. Pure."""

import numpy as np

from dam.media import primaries as colour_primaries
from dam.media import transfers
from dam.media.transfers import HLG, Values

IDENTITY, BT709, BT601, BT2020, ICTCP, IPT_C2 = 0, 1, 6, 9, 14, 15
YCGCO, YDZDX, BT2020_CL, DERIVED, DERIVED_CL = 8, 11, 10, 12, 13
# YCgCo without loss, with two bits more than the RGB that it was made of, or one: so much larger are they.
YCGCO_R = {16: 4, 17: 2}
# How much of the luma is red, and how much blue.
WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
KNOWN = {*WEIGHTS, IDENTITY, YCGCO, YDZDX, DERIVED, DERIVED_CL, ICTCP, IPT_C2, *YCGCO_R}
# Those that FFmpeg's scaler undoes by itself, under its names.
SCALERS = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m"}
OF_HDR = (ICTCP, IPT_C2)  # made of PQ, or the first one of HLG

_FROM_LMS = np.linalg.inv(np.array([[1688, 2146, 262], [683, 2951, 462], [99, 309, 3688]]) / 4096)
_TO_ICTCP = {
    "pq": np.array([[2048, 2048, 0], [6610, -13613, 7003], [17933, -17390, -543]]) / 4096,
    "hlg": np.array([[2048, 2048, 0], [3625, -7465, 3840], [9500, -9212, -288]]) / 4096,
}
_TO_IPT = np.array([[0.4, 0.4, 0.2], [4.455, -4.851, 0.396], [0.8056, 0.3572, -1.1628]])


def to_rgb(planes: Values, *, matrix: int, primaries: int, transfer: int) -> Values:
    """[..., 3] of luma (0 to 1) and two colour differences (about 0) to the signal of R, G and B."""
    luma, first, second = (planes[..., place] for place in range(3))
    rgb: tuple[Values, Values, Values]
    match matrix:
        case 0:
            rgb = (second, luma, first)
        case 8:
            rgb = (luma - first + second, luma + first, luma - first - second)
        case 16 | 17:
            luma, first, second = (YCGCO_R[matrix] * each for each in (luma, first / 2, second / 2))
            rgb = (luma - first + second, luma + first, luma - first - second)
        case 11:
            rgb = (2 * second + 0.991902 * luma, luma, (2 * first + luma) / 0.986566)
        case 10 | 13:
            rgb = _constant_luminance(planes, _weights(matrix, primaries), transfer)
        case 14 | 15:
            return _from_cones(planes, matrix, transfer)
        case _:
            red, blue = _weights(matrix, primaries)
            r, b = luma + 2 * (1 - red) * second, luma + 2 * (1 - blue) * first
            rgb = (r, (luma - red * r - blue * b) / (1 - red - blue), b)
    return np.stack(rgb, axis=-1).astype(np.float32)


def _weights(matrix: int, primaries: int) -> tuple[float, float]:
    if matrix not in (DERIVED, DERIVED_CL):
        return WEIGHTS[matrix]
    red, _, blue = colour_primaries.luminance(primaries)
    return float(red), float(blue)


def _constant_luminance(
    planes: Values, weights: tuple[float, float], transfer: int
) -> tuple[Values, Values, Values]:
    """Luma is that of the light, so green is found in the light."""
    luma, (red, blue) = planes[..., 0], weights

    def colour(difference: Values, weight: float) -> Values:
        ends = transfers.from_light(np.array([weight, 1 - weight], np.float32), transfer)
        below, above = float(2 * ends[1]), float(2 * (1 - ends[0]))
        return np.asarray(luma + difference * np.where(difference <= 0, below, above), np.float32)

    r, b = colour(planes[..., 2], red), colour(planes[..., 1], blue)
    light = [transfers.to_light(each, transfer) for each in (luma, r, b)]
    green = np.clip((light[0] - red * light[1] - blue * light[2]) / (1 - red - blue), 0, None)
    return r, transfers.from_light(green, transfer), b


def _from_cones(planes: Values, matrix: int, transfer: int) -> Values:
    """ICtCp, and Dolby Vision's IPT: differences of what the eye's cones see, in BT.2020."""
    to = _TO_IPT if matrix == IPT_C2 else _TO_ICTCP["hlg" if transfer == HLG else "pq"]
    cones = planes @ np.linalg.inv(to).T.astype(np.float32)
    light = transfers.to_light(np.clip(cones, 0, 1), transfer) @ _FROM_LMS.T.astype(np.float32)
    return transfers.from_light(np.maximum(light, 0), transfer)
