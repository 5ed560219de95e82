"""How much the depth at which it stands matters to a loop of calls (dam.core.call_room)."""

import statistics
import time

DEPTHS = range(1, 300)  # more than two pieces of 16 KB


def _called(one: int, other: int) -> int:
    return one + other


def _loop() -> float:
    """The best of a few: what else the machine does is no matter."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        for _ in range(1_000):
            _called(1, 2)
        times.append(time.perf_counter() - began)
    return min(times)


def _loop_in(calls: int) -> float:
    return _loop_in(calls - 1) if calls else _loop()


def worst() -> float:
    """How much longer a loop of calls takes at its worst depth than at most of them."""
    times = [_loop_in(depth) for depth in DEPTHS]
    return max(times) / statistics.median(times)
