"""Gives up rights, then becomes the program. Started by processes.py, with what is allowed as arguments.

A program of its own, because limits must be set in the child, and Python's preexec_fn is not safe in a
process with threads. What the kernel does not grant is left out: sandbox.protections() says what holds.
"""

import os
import resource
import signal
import sys

REPORT = "--report"  # in place of a program: print the protections that hold
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
# From Linux 5.14 on threads are counted in each user namespace apart, and the program has one of its own;
# before, all of the user's would count. The kernel after that has Landlock's second version.
COUNTS_BY_NAMESPACE = 2
NOBODYS_THREADS = 4096  # of all programs at once that run as nobody


def main(arguments: list[str]) -> None:
    """NUMBERS FOLDER READABLE… -- PROGRAM ARGUMENTS…; numbers: parent, memory, file, CPU, files, threads."""
    split = arguments.index("--")
    parent, memory, file, cpu, files, threads = map(int, arguments[0].split(","))
    folder, readable, program = arguments[1], arguments[2:split], arguments[split + 1 :]
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    limit("AS", memory)
    limit("FSIZE", file)
    limit("CPU", cpu, then=5)
    limit("CORE", 0)
    limit("NOFILE", files)
    holding = give_up(folder, readable, program, threads) if sys.platform == "linux" else set()
    if sys.platform == "linux":
        die_with(parent)
    if program == [REPORT]:
        sys.stdout.write(" ".join(sorted(holding)))
        return
    os.execv(program[0], program)


def limit(name: str, value: int, *, then: int = 0) -> None:
    """Set a limit of the kernel; `then` is what a program gets to end in order."""
    kind = getattr(resource, f"RLIMIT_{name}")
    hard = resource.getrlimit(kind)[1]
    soft, most = value, value + then
    if hard != resource.RLIM_INFINITY:
        soft, most = min(soft, hard), min(most, hard)
    try:
        resource.setrlimit(kind, (soft, most))
    except (OSError, ValueError):
        if sys.platform == "linux":  # macOS has no limit on address space
            raise


def give_up(folder: str, readable: list[str], program: list[str], threads: int) -> set[str]:
    """Every protection there is; the names of those that hold."""
    from . import kernel, landlock, privileges, seccomp

    holding = set()
    if privileges.leave_network():
        holding.add("network")
    rules = landlock.rules(
        [
            *((path, landlock.READ) for path in (*readable, program[0])),
            *((path, landlock.DEVICE) for path in DEVICES),
            (folder, landlock.OWN),
        ]
    )
    root = os.geteuid() == 0
    if kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1):
        holding.add("no_new_privileges")
    needed = [path for path in (program[0], *readable) if os.path.exists(path)]
    if privileges.drop(folder=folder, needed=needed, files_are_ruled=rules is not None):
        holding.add("unprivileged")
        if root:
            limit("NPROC", NOBODYS_THREADS)
        elif "network" in holding and landlock.version() >= COUNTS_BY_NAMESPACE:
            limit("NPROC", threads)
    if rules is not None and landlock.restrict(rules):
        holding.add("files")
    if seccomp.restrict():
        holding.add("calls")
    return holding


def die_with(parent: int) -> None:
    """End when the worker does. Last, for a change of rights makes the kernel forget it."""
    from . import kernel

    kernel.prctl(kernel.PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        sys.exit("Its worker is gone.")
