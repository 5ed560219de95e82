import numpy as np
import pytest

from dam.media import tone_mapping


def test_what_screens_can_show_stays_as_it_is() -> None:
    light = np.array([[0.3, 0.2, 0.1]], np.float32)
    assert tone_mapping.to_sdr(light, peak=50) == pytest.approx(light)


def test_a_bright_colour_keeps_its_hue() -> None:
    shown = tone_mapping.to_sdr(np.array([[8.0, 4.0, 2.0]], np.float32), peak=50)[0]
    assert shown / shown[0] == pytest.approx([1, 0.5, 0.25], abs=1e-4)


def test_the_peak_is_white_and_brighter_stays_brighter() -> None:
    ramp = np.repeat(np.linspace(0, 50, 500, dtype=np.float32)[:, None], 3, axis=1)
    shown = tone_mapping.to_sdr(ramp, peak=50)[:, 0]
    assert shown[-1] == pytest.approx(1, abs=1e-4)
    assert (np.diff(shown) > 0).all()
