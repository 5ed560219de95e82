"""Whose rights the program has: nobody's, as far as its input can still be read."""

import ctypes
import os

from . import kernel

NOBODY = 65534
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, HIGHEST = 1, 2, 63  # linux/capability.h
VERSION_3 = 0x20080522
AMBIENT_RAISE = 2

Words = ctypes.c_uint32 * 6  # effective, permitted, inheritable; then the same for the upper 32


def leave_network() -> bool:
    """A network, and System V memory, of its own with nothing in it."""
    namespaces = kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC
    if os.geteuid() == 0:
        return kernel.unshare(namespaces)
    return kernel.unshare(namespaces | kernel.CLONE_NEWUSER)


def drop(*, folder: str, needed: list[str], files_are_ruled: bool) -> bool:
    """Give up every right beyond those of an ordinary process. True when it is no longer root's.

    Root becomes nobody. Where files belong to root alone, nobody keeps the right to read them,
    provided that Landlock names which; without it, root it stays, with no capability but that.
    """
    if os.geteuid() != 0:
        _keep(0)
        return True
    held = _permitted()
    reads = (1 << CAP_DAC_READ_SEARCH) & held if files_are_ruled else 0
    if not ((reads or _nobody_reads(needed)) and _may_be_nobody(folder)):
        _keep(held & (1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH))
        return False
    for number in range(HIGHEST + 1):
        if not reads >> number & 1:
            kernel.prctl(kernel.PR_CAPBSET_DROP, number)
    kernel.prctl(kernel.PR_SET_KEEPCAPS, 1)
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    _keep(reads)
    if reads:  # over the start of the program, too
        kernel.prctl(kernel.PR_CAP_AMBIENT, AMBIENT_RAISE, CAP_DAC_READ_SEARCH)
    return True


def _may_be_nobody(folder: str) -> bool:
    """Hand the folder over. A container may have no such user, or not let root do this."""
    try:
        os.setgroups([])
        os.seteuid(NOBODY)
        os.seteuid(0)
        os.chown(folder, NOBODY, NOBODY)
    except OSError:
        return False
    return True


def _nobody_reads(paths: list[str]) -> bool:
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        for path in paths:
            os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    finally:
        os.seteuid(0)
        os.setegid(0)
    return True


def _permitted() -> int:
    words = Words()
    kernel.LIBC.capget(ctypes.byref((ctypes.c_uint32 * 2)(VERSION_3, 0)), ctypes.byref(words))
    return int(words[1] | words[4] << 32)


def _keep(capabilities: int) -> None:
    low, high = capabilities & 0xFFFFFFFF, capabilities >> 32
    words = Words(low, low, low, high, high, high)
    kernel.LIBC.capset(ctypes.byref((ctypes.c_uint32 * 2)(VERSION_3, 0)), ctypes.byref(words))
