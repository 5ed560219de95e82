"""Landlock (Linux 5.13): which files may be read and which folder written, by the kernel's own word."""

import ctypes
import os
from collections.abc import Iterable

from . import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
VERSION, PATH_BENEATH = 1, 1

# linux/landlock.h, in the order of its bits.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR = (
    1 << bit for bit in range(8)
)
MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV = (
    1 << bit for bit in range(8, 16)
)
# What each version of the kernel's interface can hold back: first 13 rights, then one more each.
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
NEWEST_RIGHTS = 16
TCP = 0b11  # bind and connect, from version 4
SCOPE = 0b11  # abstract Unix sockets and signals, from version 6

READ = EXECUTE | READ_FILE | READ_DIR
# A folder of its own; but no link that would lead us somewhere else when we take what it made.
OWN = READ_FILE | READ_DIR | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
DEVICE = READ_FILE | WRITE_FILE
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """The kernel's Landlock interface; 0 where there is none."""
    return max(0, kernel.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION)))


def rules(allowed: Iterable[tuple[str, int]]) -> int | None:
    """A set of rules that holds back everything but these rights below these paths; None without Landlock.

    Paths that are not there are passed over.
    """
    abi = version()
    if not abi:
        return None
    handled = (1 << RIGHTS.get(abi, NEWEST_RIGHTS)) - 1
    ruleset = _Ruleset(handled, TCP if abi >= 4 else 0, SCOPE if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    handle = kernel.syscall(CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if handle < 0:
        return None
    for path, rights in allowed:
        _allow(handle, path, rights & handled)
    return handle


def restrict(handle: int) -> bool:
    """Hold this process to the rules, for good. Needs no_new_privs."""
    return kernel.syscall(RESTRICT_SELF, ctypes.c_int(handle), ctypes.c_uint32(0)) == 0


def _allow(handle: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= OF_FILES
        rule = _PathBeneath(rights, place)
        kernel.syscall(
            ADD_RULE,
            ctypes.c_int(handle),
            ctypes.c_int(PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(place)
