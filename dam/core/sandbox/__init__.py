"""The one place where a program is started on a file from outside: FFmpeg, PyAV, the C2PA reader.

Pure standard library. Limits hold everywhere; the kernel's protections where it has them
(`protections()`): no files but its own, no network, no sockets, no processes, nobody's rights.
"""

from dam.core.program_limits import Limits
from dam.core.sandbox.granted import PROTECTIONS, describe_protections, protections
from dam.core.sandbox.outcomes import Completed, Interrupted, Outcome
from dam.core.sandbox.processes import Output, SandboxedProcess
from dam.core.sandbox.results import NotMade, take
from dam.core.sandbox.starting import run, start

__all__ = [
    "PROTECTIONS",
    "Completed",
    "Interrupted",
    "Limits",
    "NotMade",
    "Outcome",
    "Output",
    "SandboxedProcess",
    "describe_protections",
    "protections",
    "run",
    "start",
    "take",
]
