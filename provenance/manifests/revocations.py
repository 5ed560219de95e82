"""Certificates that nothing is signed with any more, because their key was stolen: a list beside the others.

It stops this installation from signing. What others believe is for the authority that issued them to say, and
for `TRUST_ANCHORS`.
"""

import fcntl
import json
import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings

from dam.core import errors

NAME = "revoked.json"


class RevocationsUnreadable(errors.Refused):
    """The list is there and can't be read: nothing is signed until it can."""

    code = "revocations_unreadable"


def since(serial: str) -> datetime | None:
    """From when on a certificate is not used any more, by its serial number as `certs show` prints it."""
    found = _all().get(serial.lower())
    return datetime.fromisoformat(found) if found else None


def add(serial: str, *, at: datetime) -> None:
    """Put it on the list; an earlier time stays."""
    folder = Path(settings.SIGNING_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f".{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would each leave out what the other put on it
        listed = _all()
        listed.setdefault(serial.lower(), at.isoformat())
        handle, name = tempfile.mkstemp(prefix=".revoking-", dir=folder)
        with os.fdopen(handle, "w") as file:
            # Nothing in it is secret, and whoever signs under another account has to read it.
            os.fchmod(file.fileno(), 0o644)
            json.dump(listed, file, indent=1)
        Path(name).replace(folder / NAME)


def _all() -> dict[str, str]:
    path = Path(settings.SIGNING_DIR) / NAME
    try:
        return {str(serial): str(when) for serial, when in json.loads(path.read_text()).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as problem:
        raise RevocationsUnreadable(f"The list of revoked certificates {path} can't be read.") from problem
