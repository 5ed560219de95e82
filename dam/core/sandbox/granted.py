"""Which of the kernel's protections hold on this machine."""

from functools import lru_cache

from dam.core.program_limits import Limits
from dam.core.sandbox.inside.launcher import REPORT
from dam.core.sandbox.starting import launch

# What the kernel may grant beyond limits, a clear environment and a session of its own.
PROTECTIONS = {
    "files": "reading its input and writing its folder alone (Landlock)",
    "network": "an empty network (network namespace)",
    "calls": "neither sockets, new processes nor a hand on others (seccomp)",
    "unprivileged": "the rights of an ordinary user",
    "no_new_privileges": "no way to gain rights",
}


@lru_cache(maxsize=1)
def protections() -> frozenset[str]:
    """The protections beyond limits that hold on this machine: keys of PROTECTIONS."""
    allowed = Limits(wall_seconds=30, cpu_seconds=30, memory_bytes=1024**3, file_bytes=1024**2)
    with launch([REPORT], limits=allowed, reads=(), folder=None, stdin=b"", env={}) as process:
        done = process.finish(process.stdout.read())
    return frozenset(done.stdout.decode().split()) & PROTECTIONS.keys()


def describe_protections() -> str:
    """For the log: that all protections hold, or which don't."""
    missing = [PROTECTIONS[name] for name in PROTECTIONS if name not in protections()]
    if not missing:
        return "Programs that read files from outside run with every protection there is."
    return f"Programs that read files from outside run here without: {', '.join(missing)}."
