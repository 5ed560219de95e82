"""What any program needs to read in order to run at all. Nothing of ours is in these places."""

import os
import sys
from pathlib import Path

# Not the whole of /usr, /opt or /etc: applications live there, with their data and their secrets.
SYSTEM = (
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/share",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
)


def of_system() -> list[str]:
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    return [*SYSTEM, *(path for path in libraries if path)]


def of_program(program: str | Path) -> list[str]:
    """The libraries it brings; for our own Python, those and its packages."""
    if str(program) != sys.executable:
        return [str(Path(program).resolve().parent.parent / "lib")]
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    return [
        f"{prefix}/{part}" for prefix in sorted(prefixes) for part in ("bin", "lib", "lib64", "pyvenv.cfg")
    ]
