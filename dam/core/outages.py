"""Which part of the machinery was away? Such a failure says nothing about the work: it is put back."""

import errno

import redis
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from dam.core.errors import Away, Refused
from dam.core.lazily import lazy
from dam.core.sandbox import Interrupted
from dam.core.storage import FULL, Unavailable

DISK_FULL = lazy("The server is out of disk space.")
BUSY = lazy("The server was overloaded.")
POSTGRES_FULL = "53100"  # SQLSTATE, disk_full
FULL_IN_WORDS = ("No space left on device", "Disk quota exceeded")
# A disk in the network, or the network itself.
GONE = (
    errno.ECONNABORTED,
    errno.ECONNREFUSED,
    errno.ECONNRESET,
    errno.EHOSTUNREACH,
    errno.EIO,
    errno.ENETUNREACH,
    errno.ENOTCONN,
    errno.EROFS,  # as a system leaves a disk that has failed
    errno.ESTALE,
    errno.ETIMEDOUT,
)
# Of this machine at this moment: no process, thread, open file or memory more.
EXHAUSTED = (errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
NO_THREAD = "can't start new thread"


def describe(problem: BaseException) -> str | None:
    """What was away, in a sentence for people; None where the problem is another one."""
    if _is_full(problem):
        return DISK_FULL
    match problem:
        case OperationalError() | InterfaceError():
            return _("The database was unavailable.")
        case redis.ConnectionError() | redis.TimeoutError() | BrokerError():
            return _("The task queue was unavailable.")
        case Interrupted():
            return _("Processing was interrupted.")
        case Away(words=words):
            return _(words)
        case Unavailable():
            return _("File storage was unavailable.")
        case OSError(errno=code) if code in GONE:
            return _("File storage was unavailable.")
        case OSError(errno=code) if code in EXHAUSTED:
            return BUSY
        case RuntimeError() if str(problem) == NO_THREAD:
            return BUSY
        case _:
            return None


def _is_full(problem: BaseException | None) -> bool:
    """Whether a disk was full: this machine's, the store's or the database's, however it reached us."""
    seen = 0
    while problem is not None and seen < 10:
        if isinstance(problem, OSError) and problem.errno in FULL:
            return True
        if getattr(problem, "sqlstate", None) == POSTGRES_FULL:
            return True
        if isinstance(problem, Refused):
            return problem.code == "disk_full"
        if any(words in str(problem) for words in FULL_IN_WORDS):  # of a library that keeps no number
            return True
        problem, seen = problem.__cause__, seen + 1
    return False
