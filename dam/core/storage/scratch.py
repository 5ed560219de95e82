"""Working folders on this machine's disk. Nothing in them is seen by another machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder that is gone afterwards, whatever happens."""
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.SCRATCH_DIR, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
