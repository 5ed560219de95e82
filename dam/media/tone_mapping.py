"""HDR light on ordinary screens: what is brighter than they can show is compressed, hues stay. Pure.

A Möbius curve, as FFmpeg's `tonemap` has it: the darker part as it is, the rest bent below white. It is
taken of the largest of red, green and blue, and all three are scaled alike.
"""

import numpy as np

from dam.media.transfers import Values

KNEE = 0.3  # times diffuse white: up to here nothing changes


def to_sdr(light: Values, *, peak: float) -> Values:
    """[..., 3] of light, 1 being diffuse white and `peak` the brightest there is, to 0 to 1."""
    light = np.maximum(light, 0)
    brightest = np.minimum(light.max(axis=-1, keepdims=True), peak)
    return np.asarray(np.minimum(light * (_bend(brightest, peak) / np.maximum(brightest, 1e-6)), 1))


def _bend(value: Values, peak: float) -> Values:
    a = -(KNEE**2) * (peak - 1) / (KNEE**2 - 2 * KNEE + peak)
    b = (KNEE**2 - 2 * KNEE * peak + peak) / (peak - 1)
    bent = (b**2 + 2 * b * KNEE + KNEE**2) / (b - a) * (value + a) / (value + b)
    return np.asarray(np.where(value <= KNEE, value, bent), np.float32)
