"""Showing HDR pictures on ordinary screens: PQ or HLG, BT.2020, to sRGB. Pure.

Formulas: ITU-R BT.2100 (EOTF, inverse OETF), BT.2087 (primaries), Reinhard with a white point. Meant for
posters, sprites and encoders that look at content; a colourist would grade it.
"""

import numpy as np
from numpy.typing import NDArray

DIFFUSE_WHITE_NITS = 203.0  # BT.2408
WHITE_POINT = 5.0  # times diffuse white, shown as full white
TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
)


def to_sdr(rgb: NDArray[np.uint16], transfer: str) -> NDArray[np.uint8]:
    """[H, W, 3] of 16-bit PQ or HLG values in BT.2020 to 8-bit sRGB."""
    signal = np.divide(rgb, 65535, dtype=np.float32)
    light = _pq(signal) if transfer == "pq" else _hlg(signal)
    light = np.clip(light @ TO_BT709.T, 0, None)
    shown = np.clip(light * (1 + light / WHITE_POINT**2) / (1 + light), 0, 1)
    srgb = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * np.power(shown, 1 / 2.4) - 0.055)
    return np.asarray(srgb * 255 + 0.5).astype(np.uint8)


def _pq(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Light relative to diffuse white."""
    power = np.power(signal, 1 / 78.84375)
    ratio = np.clip(power - 0.8359375, 0, None) / (18.8515625 - 18.6875 * power)
    return np.asarray(np.power(ratio, 1 / 0.1593017578125) * (10_000 / DIFFUSE_WHITE_NITS), np.float32)


def _hlg(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Light relative to diffuse white, at the signal level of 75 %, for a screen of 1000 nits."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    return np.asarray(np.power(scene, 1.2) * (1000 / DIFFUSE_WHITE_NITS), np.float32)
