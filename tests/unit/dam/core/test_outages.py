import errno

import pytest
from django.db import OperationalError
from psycopg.errors import DiskFull

from dam.core import outages, sandbox
from dam.core.errors import Refused
from dam.core.sandbox.outcomes import judge


def caused(problem: Exception, *, by: Exception) -> Exception:
    problem.__cause__ = by
    return problem


@pytest.mark.parametrize(
    "problem",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        caused(OperationalError("could not extend file"), by=DiskFull("could not extend file")),
        caused(RuntimeError("cannot write"), by=OSError(errno.ENOSPC, "full")),
        RuntimeError("PytorchStreamWriter failed: No space left on device"),
        Refused("No room.", code="disk_full"),
    ],
)
def test_a_full_disk_is_told_as_one_however_it_comes(problem: Exception) -> None:
    assert outages.describe(problem) == outages.DISK_FULL


def test_a_database_that_is_away_is_no_full_disk() -> None:
    assert outages.describe(OperationalError("server closed the connection")) != outages.DISK_FULL


@pytest.mark.parametrize(
    "problem",
    [
        OSError(errno.EMFILE, "Too many open files"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
        RuntimeError("can't start new thread"),
    ],
)
def test_a_machine_that_has_no_more_to_give_says_nothing_about_the_work(problem: Exception) -> None:
    assert outages.describe(problem) == outages.BUSY


def test_a_disk_that_turned_read_only_is_a_store_that_is_away() -> None:
    assert outages.describe(OSError(errno.EROFS, "Read-only file system")) == "File storage was unavailable."


@pytest.mark.parametrize("words", ["made: No space left on device", "Error: Disk quota exceeded"])
def test_a_program_without_room_says_so_in_its_own_words(words: str) -> None:
    assert judge(1, words) is sandbox.Outcome.DISK_FULL
