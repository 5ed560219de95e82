"""Where a server's Unix socket is: a path that every process works out for itself from DATA_DIR."""

import hashlib
import os
from pathlib import Path

from dam.embedded import CannotStart
from dam.embedded.accounts import Account

# struct sockaddr_un holds 108 bytes on Linux and 104 on macOS and the BSDs, with the closing zero.
LONGEST_PATH = 103
LONGEST_NAME = len("/.s.PGSQL.5432")


class SocketFolderTaken(CannotStart):
    """The folder for sockets belongs to somebody else, who could read what passes through."""


def folder(data_dir: Path, service: str) -> Path:
    """`DATA_DIR/SERVICE`, or a short folder under /tmp where that is too long for a socket's path."""
    beside_data = data_dir / service
    if len(os.fsencode(beside_data)) + LONGEST_NAME <= LONGEST_PATH:
        return beside_data
    name = hashlib.sha256(os.fsencode(beside_data)).hexdigest()[:16]
    return Path("/tmp") / f"reelproof-{name}"


def make_folder(path: Path, *, account: Account | None = None) -> None:
    """Make `path` for its owner alone. Raises SocketFolderTaken if another account got there first."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    allowed = {os.geteuid(), account.uid if account else os.geteuid()}
    if path.is_symlink() or path.stat().st_uid not in allowed:
        raise SocketFolderTaken(f"{path} belongs to another account. Remove it and start again.")
    path.chmod(0o700)
    if account:
        os.chown(path, account.uid, account.gid)
