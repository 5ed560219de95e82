"""Which part of the machinery was away? Such a failure says nothing about the work: it is put back."""

import errno

import redis
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError

from dam.core.sandbox import Interrupted
from dam.core.storage import Unavailable

DISK_FULL = "The server is out of disk space."
FULL = (errno.ENOSPC, errno.EDQUOT)
# A disk in the network, or the network itself.
GONE = (
    errno.ECONNABORTED,
    errno.ECONNREFUSED,
    errno.ECONNRESET,
    errno.EHOSTUNREACH,
    errno.EIO,
    errno.ENETUNREACH,
    errno.ENOTCONN,
    errno.ESTALE,
    errno.ETIMEDOUT,
)


def describe(problem: BaseException) -> str | None:
    """What was away, in a sentence for people; None where the problem is another one."""
    match problem:
        case OperationalError() | InterfaceError():
            return "The database was unavailable."
        case redis.ConnectionError() | redis.TimeoutError() | BrokerError():
            return "The task queue was unavailable."
        case Interrupted():
            return "Processing was interrupted."
        case OSError(errno=code) if code in FULL:
            return DISK_FULL
        case Unavailable():
            return "File storage was unavailable."
        case OSError(errno=code) if code in GONE:
            return "File storage was unavailable."
        case _:
            return None
