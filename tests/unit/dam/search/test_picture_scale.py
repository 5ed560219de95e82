"""How alike two pictures are."""

import pytest

from dam.search import picture_scale


@pytest.mark.parametrize(("drawn", "level"), [(0.0, 0.87), (1.0, 0.74), (0.5, 0.805)])
def test_drawn_pictures_are_measured_with_drawn_ones(drawn: float, level: float) -> None:
    vector = [0.1, (drawn / 2) ** 0.5]
    assert picture_scale.of(vector, two_sided=True).level == pytest.approx(level)


def test_another_encoder_has_one_scale() -> None:
    assert picture_scale.of([0.6, 0.8], two_sided=False) == picture_scale.ANY
