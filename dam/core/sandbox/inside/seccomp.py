"""seccomp: no sockets, no new processes, and none of the kernel's calls that break-outs are made of.

Reading a film needs no more than files, memory and threads: nothing of other processes, which may belong to
the same nobody, and no memory that no limit counts.
"""

import ctypes
import errno
import os
import struct
import sys

from . import kernel

MODE_FILTER = 2
# linux/bpf_common.h: load a word, compare, test bits, return.
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, DENY, KILL = 0x7FFF0000, 0x00050000, 0x80000000  # DENY carries the error number
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where they lie in struct seccomp_data
CLONE_THREAD = 0x00010000
X32 = 0x40000000  # the other numbering on x86-64

# The numbers that all architectures share (asm-generic/unistd.h, from 424 on).
SHARED = {
    "pidfd_send_signal": 424,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "memfd_secret": 447,
}
X86_64 = {
    "shmget": 29,
    "shmat": 30,
    "socket": 41,
    "fork": 57,
    "vfork": 58,
    "semget": 64,
    "msgget": 68,
    "ptrace": 101,
    "rt_sigqueueinfo": 129,
    "personality": 135,
    "setpriority": 141,
    "sched_setparam": 142,
    "sched_setscheduler": 144,
    "pivot_root": 155,
    "chroot": 161,
    "mount": 165,
    "umount2": 166,
    "tkill": 200,
    "sched_setaffinity": 203,
    "mq_open": 240,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "ioprio_set": 251,
    "inotify_init": 253,
    "migrate_pages": 256,
    "unshare": 272,
    "move_pages": 279,
    "inotify_init1": 294,
    "rt_tgsigqueueinfo": 297,
    "perf_event_open": 298,
    "fanotify_init": 300,
    "name_to_handle_at": 303,
    "open_by_handle_at": 304,
    "setns": 308,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "kcmp": 312,
    "sched_setattr": 314,
    "memfd_create": 319,
    "bpf": 321,
    "userfaultfd": 323,
}
AARCH64 = {
    "inotify_init1": 26,
    "ioprio_set": 30,
    "umount2": 39,
    "mount": 40,
    "pivot_root": 41,
    "chroot": 51,
    "personality": 92,
    "unshare": 97,
    "ptrace": 117,
    "sched_setparam": 118,
    "sched_setscheduler": 119,
    "sched_setaffinity": 122,
    "tkill": 130,
    "rt_sigqueueinfo": 138,
    "setpriority": 140,
    "mq_open": 180,
    "msgget": 186,
    "semget": 190,
    "shmget": 194,
    "shmat": 196,
    "socket": 198,
    "add_key": 217,
    "request_key": 218,
    "keyctl": 219,
    "migrate_pages": 238,
    "move_pages": 239,
    "rt_tgsigqueueinfo": 240,
    "perf_event_open": 241,
    "fanotify_init": 262,
    "name_to_handle_at": 264,
    "open_by_handle_at": 265,
    "setns": 268,
    "process_vm_readv": 270,
    "process_vm_writev": 271,
    "kcmp": 272,
    "sched_setattr": 274,
    "memfd_create": 279,
    "bpf": 280,
    "userfaultfd": 282,
}
# machine: (AUDIT_ARCH_…, the calls denied, clone, kill, tgkill, prlimit64)
KNOWN = {
    "x86_64": (0xC000003E, X86_64, 56, 62, 234, 302),
    "aarch64": (0xC00000B7, AARCH64, 220, 129, 131, 261),
}
CLONE3 = 435


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def restrict() -> bool:
    """Deny the calls of this process and all that come of it, for good. Needs no_new_privs."""
    known = KNOWN.get(os.uname().machine)
    if known is None or sys.maxsize < 2**32:  # 32-bit programs have other numbers
        return False
    architecture, denied, clone, kill, tgkill, prlimit64 = known
    itself = os.getpid()
    own = {kill: (itself,), tgkill: (itself,), prlimit64: (0, itself)}
    code = build_filter(architecture, sorted({**SHARED, **denied}.values()), clone, own)
    program = _Program(len(code) // 8, code)
    return kernel.prctl(kernel.PR_SET_SECCOMP, MODE_FILTER, ctypes.addressof(program))


def build_filter(architecture: int, denied: list[int], clone: int, own: dict[int, tuple[int, ...]]) -> bytes:
    """The filter as the kernel takes it: eight bytes an instruction, jumps counted from the next one.

    `own` are calls that name a process first, with the names that are allowed: its own.
    """
    refused = _op(RETURN, DENY | errno.EPERM)
    code = [
        _op(LOAD, ARCHITECTURE),
        _op(JUMP_EQUAL, architecture, yes=1),
        _op(RETURN, KILL),
        _op(LOAD, NUMBER),
        _op(JUMP_AT_LEAST, X32, no=1),
        refused,
    ]
    for number in denied:
        code += [_op(JUMP_EQUAL, number, no=1), refused]
    # clone3 hides its flags behind a pointer; told that there is none, the C library falls back to clone.
    code += [_op(JUMP_EQUAL, CLONE3, no=1), _op(RETURN, DENY | errno.ENOSYS)]
    for number, allowed in own.items():
        code += [_op(JUMP_EQUAL, number, no=len(allowed) + 3), _op(LOAD, FIRST_ARGUMENT)]
        code += [_op(JUMP_EQUAL, pid, yes=len(allowed) - place) for place, pid in enumerate(allowed)]
        code += [refused, _op(LOAD, NUMBER)]
    # A thread is welcome, a process is not.
    code += [
        _op(JUMP_EQUAL, clone, no=3),
        _op(LOAD, FIRST_ARGUMENT),
        _op(JUMP_BITS, CLONE_THREAD, yes=1),
        refused,
    ]
    return b"".join([*code, _op(RETURN, ALLOW)])


def _op(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
