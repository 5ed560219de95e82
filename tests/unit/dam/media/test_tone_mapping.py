import numpy as np
import pytest

from dam.media import tone_mapping


@pytest.mark.parametrize(("transfer", "white"), [("pq", 0.58), ("hlg", 0.75)])
def test_diffuse_white_is_light_but_not_full(transfer: str, white: float) -> None:
    shown = tone_mapping.to_sdr(np.full((1, 1, 3), round(white * 65535), np.uint16), transfer)
    assert 170 < shown.mean() < 230


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
def test_black_stays_black_and_brighter_stays_brighter(transfer: str) -> None:
    ramp = np.repeat(np.linspace(0, 65535, 64).astype(np.uint16)[None, :, None], 3, axis=2)
    shown = tone_mapping.to_sdr(ramp, transfer)[0, :, 0].astype(int)
    assert shown[0] == 0
    assert (np.diff(shown) >= 0).all()
