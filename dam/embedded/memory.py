"""How much memory there is: this machine's, or less where a container may use no more."""

import os
from pathlib import Path

CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")  # a number of bytes, or "max"


def whole() -> int:
    """Bytes that there are, or that this container may use."""
    return within(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def within(there: int) -> int:
    """So many bytes, or what this container may use if that is less."""
    try:
        limit = CONTAINER_LIMIT.read_text().strip()
    except OSError:
        return there
    return min(there, int(limit)) if limit.isdigit() else there
