"""Which part of the machinery was away? Such a failure says nothing about the work: it is put back."""

import errno

import redis
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError

from dam.core.sandbox import Interrupted
from dam.core.storage import Unavailable

DISK_FULL = "There is no room left on the server's disk."
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
            return "The database was out of reach."
        case redis.ConnectionError() | redis.TimeoutError() | BrokerError():
            return "The message broker was out of reach."
        case Interrupted():
            return "The program at work on it was stopped from outside."
        case OSError(errno=code) if code in FULL:
            return DISK_FULL
        case Unavailable():
            return "Storage was out of reach."
        case OSError(errno=code) if code in GONE:
            return "Storage was out of reach."
        case _:
            return None
