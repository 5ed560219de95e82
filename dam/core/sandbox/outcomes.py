"""How a program ended, in a word. Pure."""

import signal
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"  # it said so itself; its last words say why
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    TOO_MUCH_OUTPUT = "too much output"
    DISK_FULL = "disk full"  # ours, not its limit
    CRASHED = "crashed"
    KILLED = "killed from outside"  # raised as Interrupted


class Interrupted(Exception):
    """Somebody else ended the program: no word against the file. Put the work back and try again."""


@dataclass(frozen=True)
class Completed:
    """How a program ended. `stderr` holds its last 16 KB; `status` is -N when signal N ended it."""

    outcome: Outcome
    status: int
    stdout: bytes
    stderr: str
    seconds: float

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.DONE

    @property
    def last_words(self) -> str:
        """The last line on standard error, or else its exit status."""
        lines = self.stderr.strip().splitlines()
        return lines[-1].strip() if lines else f"status {self.status}"


# What FFmpeg, Python, Rust and C++ say of errno; the numbers themselves are lost.
WORDS = {
    "File too large": Outcome.TOO_MUCH_OUTPUT,
    "No space left on device": Outcome.DISK_FULL,
    "Disk quota exceeded": Outcome.DISK_FULL,
    "Cannot allocate memory": Outcome.OUT_OF_MEMORY,
    "MemoryError": Outcome.OUT_OF_MEMORY,
    "memory allocation of": Outcome.OUT_OF_MEMORY,
    "std::bad_alloc": Outcome.OUT_OF_MEMORY,
}
SIGNALS = {
    signal.SIGXCPU: Outcome.TIMED_OUT,
    signal.SIGXFSZ: Outcome.TOO_MUCH_OUTPUT,
    signal.SIGKILL: Outcome.KILLED,
    signal.SIGTERM: Outcome.KILLED,
    signal.SIGINT: Outcome.KILLED,
    signal.SIGHUP: Outcome.KILLED,
}


def judge(status: int, stderr: str, *, cpu_is_spent: bool = False, memory_was_short: bool = False) -> Outcome:
    """The outcome of a program that ended by itself or by a signal (status -N) that was not ours.

    `cpu_is_spent`: it used all the processor time it was given; `memory_was_short`: the kernel ended
    programs meanwhile because the machine ran out of memory.
    """
    if status == 0:
        return Outcome.DONE
    if cpu_is_spent:  # some programs catch the signal and end as if they had failed
        return Outcome.TIMED_OUT
    by_words = next((outcome for words, outcome in WORDS.items() if words in stderr), None)
    if status > 0:
        return by_words or Outcome.FAILED
    by_signal = SIGNALS.get(signal.Signals(-status), Outcome.CRASHED)
    if by_signal is Outcome.KILLED and memory_was_short:
        return Outcome.OUT_OF_MEMORY
    return by_words or Outcome.CRASHED if by_signal is Outcome.CRASHED else by_signal
