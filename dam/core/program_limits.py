"""What a program in the sandbox may use. Pure, and apart from it: what runs inside need not load the rest."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a program may use; beyond it, it is ended."""

    wall_seconds: float
    cpu_seconds: int  # of all its threads
    memory_bytes: int  # of address space
    file_bytes: int  # of any file it writes
    stdout_bytes: int = 64 * 1024**2
    descriptors: int = 256
    threads: int = 1024
