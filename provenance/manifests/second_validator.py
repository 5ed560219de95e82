"""The only importer of encypher_c2pa, a validator of Content Credentials that shares no code with ours.

Run as a script, in the sandbox: it reads a file from outside. It asks nobody, and sends nothing to its maker.
"""

import json
import sys
from typing import Any

NAME = "encypher-c2pa"


def judge(path: str, *, content_type: str, anchors: str) -> dict[str, Any] | None:
    """Its report, with its name and version; None where it isn't installed."""
    try:
        import encypher_c2pa
    except ImportError:
        return None
    about = {"validator": NAME, "version": encypher_c2pa.__version__}
    try:
        found = encypher_c2pa.verify(
            path,
            content_type,
            trust_pem=anchors,
            no_default_trust=True,
            telemetry=False,
            online=False,
        )
    except (OSError, ValueError) as problem:  # it reads 128 MiB at most, and not every kind of file
        return {**about, "problem": str(problem)[:500]}
    return {**about, "report": dict(found)}


def main() -> None:
    """{"path", "content_type", "anchors": PEM} on standard input, the report on standard output."""
    query = json.loads(sys.stdin.readline())
    json.dump(judge(query["path"], content_type=query["content_type"], anchors=query["anchors"]), sys.stdout)


if __name__ == "__main__":
    main()
