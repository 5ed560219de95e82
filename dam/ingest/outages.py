"""Why work on a file is put back instead of failed: dam.core.outages, and what reading files adds to it."""

from dam.core import outages, storage
from dam.core.lazily import lazy
from dam.media.errors import MESSAGES

MISSING = lazy("The file is missing from storage.")


def describe(problem: BaseException, *, key: str = "") -> str | None:
    """What was away, for people, while the stored file `key` was at work; None for another problem."""
    if key and isinstance(problem, FileNotFoundError):
        # A disk in the network that is not mounted looks like this; so does a file that is lost.
        return MISSING if not _exists(key) else None
    sentence = outages.describe(problem)
    return MESSAGES["disk_full"] if sentence == outages.DISK_FULL else sentence


def _exists(key: str) -> bool:
    try:
        return storage.exists(key)
    except OSError:
        return False
