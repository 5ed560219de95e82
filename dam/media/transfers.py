"""Transfer characteristics (ITU-T H.273): from a signal to light, where 1 is the white of a page. Pure."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]

LINEAR, PQ, HLG = 8, 16, 18
DIFFUSE_WHITE_NITS = 203.0  # BT.2408: what HDR shows as a white page
# The brightest that each can say, times diffuse white.
PEAKS = {PQ: 10_000 / DIFFUSE_WHITE_NITS, HLG: 1000 / DIFFUSE_WHITE_NITS}


def name_of(transfer: int) -> str:
    return {PQ: "pq", HLG: "hlg"}.get(transfer, "sdr")


def is_ordinary(transfer: int) -> bool:
    """Whether screens show the signal as it is: Rec.709 and its kin, sRGB, and what says nothing."""
    return transfer not in (4, 5, LINEAR, 9, 10, PQ, 17, HLG)


def to_light(signal: Values, transfer: int) -> Values:
    """Of HLG the scene's light (`hlg_to_screen` goes on from there), of all others the screen's."""
    given = np.maximum(signal, 0)
    light: Values
    match transfer:
        case 4:
            light = given**2.2
        case 5:
            light = given**2.8
        case 8:
            light = given
        case 9 | 10:  # logarithmic over two decades, or two and a half
            light = np.where(given > 0, 10 ** ((given - 1) * (2 if transfer == 9 else 2.5)), 0)
        case 16:
            light = _pq(given)
        case 17:
            light = given**2.6 * (52.37 / 48)
        case 18:
            a, b, c = 0.17883277, 0.28466892, 0.55991073
            light = np.where(given <= 0.5, given**2 / 3, (np.exp((np.minimum(given, 2) - c) / a) + b) / 12)
        case _:
            light = np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)
    return np.asarray(light, np.float32)


def from_light(light: Values, transfer: int) -> Values:
    """The inverse of `to_light`, for signals from 0 to 1."""
    grid = np.linspace(0, 1, 8193, dtype=np.float32)
    return np.interp(light, to_light(grid, transfer), grid).astype(np.float32)


def hlg_to_screen(scene: Values, luminance: Values) -> Values:
    """BT.2100's OOTF for a screen of 1000 nits. Of the luminance, so that hues stay."""
    bright = np.maximum(scene @ luminance, 0)[..., None]
    return np.asarray(scene * bright**0.2 * PEAKS[HLG], np.float32)


def to_screen(light: Values) -> Values:
    """sRGB's curve, which is what browsers show Rec.709 with."""
    shown = np.maximum(light, 0)
    curved = 1.055 * np.power(shown, 1 / 2.4) - 0.055
    return np.asarray(np.where(shown <= 0.0031308, 12.92 * shown, curved), np.float32)


def _pq(signal: Values) -> Values:
    power = np.power(np.minimum(signal, 1), 1 / 78.84375)
    ratio = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
    return np.asarray(np.power(ratio, 1 / 0.1593017578125) * PEAKS[PQ], np.float32)
