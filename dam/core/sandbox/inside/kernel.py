"""Calls of the Linux kernel that Python has no name for. Every one says whether it was granted."""

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 8, 22, 24  # linux/prctl.h
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 38, 47
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWNET = 0x08000000, 0x10000000, 0x40000000  # linux/sched.h


def prctl(option: int, *arguments: int) -> bool:
    four = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return bool(LIBC.prctl(option, *four) == 0)


def unshare(flags: int) -> bool:
    return bool(LIBC.unshare(flags) == 0)


def syscall(number: int, *arguments: object) -> int:
    """What the kernel answers, -1 for a refusal."""
    return int(LIBC.syscall(ctypes.c_long(number), *arguments))
