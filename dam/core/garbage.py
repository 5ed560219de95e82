"""Garbage collection of a process that answers requests."""

import gc

# A request makes thousands of objects that it lets go at its end, few of them in circles.
THRESHOLDS = (20_000, 20, 50)


def settle() -> None:
    """Leave what is loaded by now out of all later collections, and collect less often.

    A full collection reads all that is loaded, which takes a tenth of a second; by Python's own thresholds
    one request in ten waited for that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
