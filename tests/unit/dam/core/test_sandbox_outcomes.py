import signal

import pytest

from dam.core.sandbox import Completed, Outcome
from dam.core.sandbox.outcomes import judge


@pytest.mark.parametrize(
    ("status", "stderr", "outcome"),
    [
        (0, "a warning", Outcome.DONE),
        (1, "Invalid data found when processing input", Outcome.FAILED),
        (1, "av_interleaved_write_frame(): No space left on device", Outcome.DISK_FULL),
        (1, "Error: File too large", Outcome.TOO_MUCH_OUTPUT),
        (244, "Cannot allocate memory", Outcome.OUT_OF_MEMORY),
        (1, "MemoryError", Outcome.OUT_OF_MEMORY),
        (-signal.SIGABRT, "memory allocation of 99 bytes failed", Outcome.OUT_OF_MEMORY),
        (-signal.SIGABRT, "assertion failed", Outcome.CRASHED),
        (-signal.SIGSEGV, "", Outcome.CRASHED),
        (-signal.SIGSYS, "", Outcome.CRASHED),
        (-signal.SIGXCPU, "", Outcome.TIMED_OUT),
        (-signal.SIGXFSZ, "", Outcome.TOO_MUCH_OUTPUT),
        (-signal.SIGKILL, "", Outcome.KILLED),
        (-signal.SIGTERM, "No space left on device", Outcome.KILLED),
    ],
)
def test_every_end_has_a_name(status: int, stderr: str, outcome: Outcome) -> None:
    assert judge(status, stderr) is outcome


def test_the_kernels_hard_end_after_all_processor_time_is_no_end_from_outside() -> None:
    assert judge(-signal.SIGKILL, "", cpu_is_spent=True) is Outcome.TIMED_OUT


def test_an_end_for_want_of_memory_is_no_end_from_outside() -> None:
    assert judge(-signal.SIGKILL, "", memory_was_short=True) is Outcome.OUT_OF_MEMORY


def test_last_words_are_the_last_line_or_else_the_status() -> None:
    done = Completed(Outcome.FAILED, status=3, stdout=b"", stderr="one\n two \n", seconds=0)
    assert done.last_words == "two"
    assert Completed(Outcome.FAILED, status=3, stdout=b"", stderr="", seconds=0).last_words == "status 3"
