"""Which process may start again after it died, and when: soon at first, and not for ever. Pure."""

from collections import defaultdict
from collections.abc import Callable
from time import monotonic

MOST = 5
WITHIN_SECONDS = 600.0
FIRST_PAUSE_SECONDS = 1.0


class Deaths:
    """A process that dies `MOST` times within `WITHIN_SECONDS` has a reason to, and stays dead."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._times: dict[str, list[float]] = defaultdict(list)
        self._due: dict[str, float] = {}

    def note(self, name: str) -> float | None:
        """It died: after how many seconds it starts again; None when it died too often."""
        now = self._clock()
        times = [at for at in self._times[name] if now - at < WITHIN_SECONDS] + [now]
        self._times[name] = times
        if len(times) >= MOST:
            return None
        pause = FIRST_PAUSE_SECONDS * (1 << len(times) - 1)
        self._due[name] = now + pause
        return pause

    def waiting(self, name: str) -> bool:
        """Whether it is dead and starts again."""
        return name in self._due

    def take_due(self) -> list[str]:
        """Which are to start now; each is named once."""
        due = [name for name, at in self._due.items() if at <= self._clock()]
        for name in due:
            del self._due[name]
        return due

    def forget(self) -> None:
        """None starts again."""
        self._due.clear()
