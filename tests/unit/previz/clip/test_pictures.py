"""The pictures that previz-clip learns from."""

import random

import pytest
import torch

from generation.previz.clip import pictures
from generation.previz.world import scenes


def drawn(seed: int) -> torch.Tensor:
    torch.manual_seed(seed)
    return pictures.frames([scenes.sample(at) for at in range(6)], random.Random(seed), each=2, size=48)


def test_every_scene_gives_so_many_square_pictures() -> None:
    assert drawn(0).shape == (12, 3, 48, 48)


def test_the_same_chance_gives_the_same_pictures() -> None:
    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))


def test_worn_pictures_stay_within_black_and_white() -> None:
    worn = pictures.wear(torch.rand(8, 3, 32, 32), random.Random(0))
    assert float(worn.min()) >= 0
    assert float(worn.max()) <= 1


def test_no_colours_are_lost_by_wear() -> None:
    grey = torch.full((16, 3, 32, 32), 0.5)
    assert pictures.wear(grey, random.Random(0)).mean().item() == pytest.approx(0.5, abs=0.05)
