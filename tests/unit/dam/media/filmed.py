"""Made-up clips as an array of pictures each, 25 a second."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dam.media import glance
from dam.media.glance import Planes

RATE = 25
Film = Sequence[Planes]


def scene(seed: int) -> NDArray[np.float64]:
    """A picture of a few large patches: [3, HEIGHT, WIDTH]."""
    random = np.random.default_rng(seed)
    patches = random.uniform(0.1, 0.9, (3, 6, 8)).repeat(glance.HEIGHT // 6, 1).repeat(glance.WIDTH // 8, 2)
    patches[1:] = 0.5 + (patches[1:] - 0.5) / 3
    patches[0] += random.uniform(-0.04, 0.04, patches[0].shape)
    return patches


def still(seed: int, count: int) -> list[Planes]:
    return [drawn(scene(seed))] * count


def moving(seed: int, count: int, *, step: int = 1) -> list[Planes]:
    return [drawn(np.roll(scene(seed), step * number, 2)) for number in range(count)]


def dissolve(one: int, other: int, count: int) -> list[Planes]:
    shares = np.linspace(0, 1, count)
    return [drawn((1 - share) * scene(one) + share * scene(other)) for share in shares]


def fade(seed: int, count: int, *, out: bool = False) -> list[Planes]:
    """In from black, or out to it."""
    shares = np.linspace(0, 1, count)
    grey = black_values()
    films = [drawn(share * scene(seed) + (1 - share) * grey) for share in shares]
    return films[::-1] if out else films


def black(count: int) -> list[Planes]:
    return [drawn(black_values())] * count


def white(count: int) -> list[Planes]:
    return [drawn(black_values() + np.array([0.95, 0, 0])[:, None, None])] * count


def blurred(seed: int, count: int) -> list[Planes]:
    picture = scene(seed)
    for axis in (1, 2):
        picture = np.mean([np.roll(picture, shift, axis) for shift in range(-1, 2)], axis=0)
    return [drawn(picture)] * count


def black_values() -> NDArray[np.float64]:
    values = np.full((3, glance.HEIGHT, glance.WIDTH), 0.5)
    values[0] = 0.02
    return values


def drawn(values: NDArray[np.float64]) -> Planes:
    return np.asarray(values.clip(0, 1) * 255, np.uint8)


def times(film: Film) -> Iterator[tuple[int, Planes]]:
    for number, picture in enumerate(film):
        yield number * 1000 // RATE, picture
