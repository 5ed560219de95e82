"""How many processes share the tests: `make test` asks `python -m tests.processes`.

One more than there are cores, where memory allows it: a journey waits for its browser, its web process and
its worker by turns, and while it does a core would stand idle.
"""

import os
import sys

import psutil

from dam.embedded import memory as machine_memory

EACH = 2_000_000_000
"""Bytes for one process with its servers, its worker and its browser."""
OTHERS = 1_000_000_000
"""Bytes that stay for everything else on the machine."""
USUAL = 2
"""As many there are in any case: what CI was made for."""


def number(*, cores: int, memory: int) -> int:
    """For so many cores and bytes of free memory."""
    return max(USUAL, min(cores + 1, (memory - OTHERS) // EACH))


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory() -> int:
    """Bytes that are free, or that this container may use if those are fewer."""
    return machine_memory.within(psutil.virtual_memory().available)


if __name__ == "__main__":
    sys.stdout.write(f"{number(cores=cores(), memory=memory())}\n")
