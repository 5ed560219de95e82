"""A worker whose recipe takes as long as the test wants: `celery --app tests.interrupted_worker worker`.

In the folder INTERRUPTED_DIR it leaves a file for each time it began, and goes on once one is called `go`.
"""

import os
import time
import uuid
from datetime import timedelta
from pathlib import Path

from dam.celery import app
from dam.media import specs
from dam.media.probe import MediaInfo
from dam.media.recipes import Made, MadeFile
from dam.media.specs import RenditionSpec

__all__ = ["SLOW", "app", "slow"]


def slow(master: Path, folder: Path, *, info: MediaInfo) -> Made:
    place = Path(os.environ["INTERRUPTED_DIR"])
    (place / f"began-{uuid.uuid4()}").touch()
    while not (place / "go").exists():
        time.sleep(0.02)
    out = folder / "slow.bin"
    out.write_bytes(master.read_bytes()[:64])
    return Made(MadeFile(out, "application/octet-stream"))


SLOW = RenditionSpec("slow", "Slow", "tests.interrupted_worker.slow", "transcode", timedelta(hours=1))
if "INTERRUPTED_DIR" in os.environ:  # in the worker, not in the test that imports SLOW
    vars(specs)["RENDITIONS"] = (SLOW,)
