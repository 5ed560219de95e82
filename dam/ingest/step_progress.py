"""How far a running step is: kept now and then, and told to the pages that show it."""

import time
from collections.abc import Callable

from dam.catalog.models import Version
from dam.core import database, events
from dam.ingest.models import Step, StepState

TELL_SECONDS = 2.0


def event(version: Version) -> str:
    """The name under which open pages hear of it: more often than of what the version itself is."""
    return f"steps-{version.pk}"


def teller(version: Version, *names: str) -> Callable[[float], None]:
    """A function that hears how much of these steps is done, 0 to 1, as often as you like."""
    last = 0.0

    def tell(done: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < TELL_SECONDS:
            return
        last = now
        percent = max(0, min(99, int(done * 100)))
        rows = Step.objects.filter(version=version, name__in=names, state=StepState.RUNNING)
        try:
            if rows.update(progress=percent):
                events.publish(brand_id=version.brand_id, name=event(version))
        except database.AWAY:
            return  # the work goes on; its end waits for the database
        finally:
            database.release()  # also one that broke: the next time gets another

    return tell
