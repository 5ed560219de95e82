"""Runs a program within limits: `python confine.py MEMORY CPU FILE -- PROGRAM ARGUMENTS…`

A program of its own, because limits must be set in the child and Python's preexec_fn is not safe in a
process with threads. It needs the standard library alone and starts in a few milliseconds.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(arguments: list[str]) -> None:
    memory, cpu, file = (int(argument) for argument in arguments[:3])
    command = arguments[4:]
    if sys.platform == "linux":
        # A worker that is killed takes its child along; nothing runs on unseen.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file, file))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
