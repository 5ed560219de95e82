"""Colour primaries (ITU-T H.273), and the way from each to those of Rec.709. Pure."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

BT709, BT2020 = 1, 9
_D65, _C, _E = (0.3127, 0.3290), (0.310, 0.316), (1 / 3, 1 / 3)

# Red, green, blue and white, as x and y.
CHROMATICITIES = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65),
    4: ((0.670, 0.330), (0.210, 0.710), (0.140, 0.080), _C),
    5: ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), _C),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    10: ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), _E),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


@cache
def to_bt709(primaries: int) -> NDArray[np.float32]:
    """[3, 3]: light of these primaries times its transpose is light of Rec.709; white stays white."""
    source, target = CHROMATICITIES[primaries], CHROMATICITIES[BT709]
    adapted = np.diag((_BRADFORD @ _white(target[3])) / (_BRADFORD @ _white(source[3])))
    adaptation = np.linalg.inv(_BRADFORD) @ adapted @ _BRADFORD
    return np.asarray(np.linalg.inv(to_xyz(BT709)) @ adaptation @ to_xyz(primaries), np.float32)


@cache
def to_xyz(primaries: int) -> NDArray[np.float64]:
    """[3, 3]; its second row says how bright red, green and blue are."""
    *colours, white = CHROMATICITIES[primaries]
    columns = np.array([(x, y, 1 - x - y) for x, y in colours]).T
    return np.asarray(columns * np.linalg.solve(columns, _white(white)))


def luminance(primaries: int) -> NDArray[np.float32]:
    return np.asarray(to_xyz(primaries)[1], np.float32)


def _white(xy: tuple[float, float]) -> NDArray[np.float64]:
    x, y = xy
    return np.array([x / y, 1.0, (1 - x - y) / y])
