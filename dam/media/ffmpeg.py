"""Running FFmpeg on files from outside, in the sandbox: which one, where its file goes, why it stopped."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils.translation import gettext as _

from dam.core import sandbox
from dam.core.sandbox import Completed, Limits, Outcome
from dam.media import colour, commands, printed
from dam.media.budgets import GIB
from dam.media.errors import FileRefused, MediaFailed
from dam.media.probe import MediaInfo

log = logging.getLogger(__name__)


def binary() -> str:
    """The FFmpeg to run: FFMPEG_BINARY, or the one that imageio-ffmpeg brings."""
    configured = shutil.which(settings.FFMPEG_BINARY) if settings.FFMPEG_BINARY else None
    if configured:
        return configured
    if settings.FFMPEG_BINARY:
        raise MediaFailed(f"FFMPEG_BINARY={settings.FFMPEG_BINARY} is not a program that can be run.")
    import imageio_ffmpeg  # a deployment with an FFmpeg of its own does without

    return str(imageio_ffmpeg.get_ffmpeg_exe())


@contextmanager
def making(out: Path) -> Iterator[Path]:
    """A place for FFmpeg's file, in a folder of its own beside `out`, where it goes when it is finished."""
    with TemporaryDirectory(prefix=".making-", dir=out.resolve().parent) as folder:
        made = Path(folder) / "made"
        yield made
        take(made, out)


def take(made: Path, out: Path) -> None:
    """Take a file that FFmpeg has finished out of its folder. Raises MediaFailed where there is none."""
    try:
        sandbox.take(made, out)
    except sandbox.NotMade as problem:
        raise MediaFailed(_("FFmpeg finished without writing the file.")) from problem


def give_table(info: MediaInfo, folder: Path) -> None:
    """Lay the table of colours, where one is needed, into the folder that FFmpeg works in."""
    picture = colour.of(info)
    if not picture.is_plain:
        table = folder / commands.TABLE
        table.write_text(colour.table(picture))
        table.chmod(0o644)  # nobody reads it


def require(completed: Completed, limits: Limits) -> None:
    """Raises MediaFailed unless FFmpeg did its work, FileRefused when the disk is full."""
    if completed.outcome is Outcome.DISK_FULL:
        raise FileRefused("disk_full")
    if not completed.ok:
        failed = MediaFailed(_explain(completed, limits))
        failed.log = printed.tail(completed.stderr)
        raise failed


def _explain(completed: Completed, limits: Limits) -> str:
    match completed.outcome:
        case Outcome.TIMED_OUT:
            return _("It took longer than the limit of %(wall_seconds)s minutes.") % {
                "wall_seconds": f"{limits.wall_seconds / 60:.0f}"
            }
        case Outcome.TOO_MUCH_OUTPUT:
            return _("The result is larger than the limit for one file.")
        case Outcome.OUT_OF_MEMORY:
            return _("It needs more memory than the limit of %(gib)s GB.") % {
                "gib": limits.memory_bytes // GIB
            }
        case Outcome.CRASHED:
            return _("FFmpeg crashed. The file may be damaged. Export it again or upload the original.")
        case _:
            log.warning("FFmpeg stopped: %s", completed.stderr.strip())
            return _("The video couldn't be converted. Export it again or upload the original.")
