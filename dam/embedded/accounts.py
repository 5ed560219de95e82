"""Which account the database runs as. PostgreSQL refuses to run as root, so under root it gets `nobody`."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from dam.embedded import CannotStart
from dam.embedded.logs import Say


class NotAllowed(CannotStart):
    """The file system does not let root hand the database's folder to another account."""


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int


def for_database(cluster: Path) -> Account | None:
    """The account for the server of `cluster`. None: this process's own will do."""
    if os.geteuid() != 0:
        return None
    if cluster.exists():
        stat = cluster.stat()
        return Account(stat.st_uid, stat.st_gid)
    # An account that every Unix has, so that none needs to be made on somebody's machine.
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def give(folder: Path, account: Account | None) -> None:
    """Make `folder` for the account alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is None:
        return
    try:
        os.chown(folder, account.uid, account.gid)
    except PermissionError as error:
        raise NotAllowed(
            f"PostgreSQL does not run as root, and {folder} cannot be given to another account ({error}). "
            "Run as an ordinary user, or set DATABASE_URL."
        ) from error


def let_through(path: Path, account: Account | None, say: Say) -> None:
    """Let the account pass the folders above `path`: pass, not list. Nothing changes where it can already."""
    if account is None:
        return
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            say(f"Letting PostgreSQL's account pass through {folder} (chmod o+x).")
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def let_read(tree: Path, account: Account | None, say: Say) -> None:
    """Let the account run the programs of `tree`, installed under a strict umask perhaps."""
    if account is None:
        return
    if not tree.exists():
        return  # some platforms' wheels bring no libraries of their own
    let_through(tree, account, say)
    if tree.stat().st_mode & stat.S_IROTH:
        return
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        passes = stat.S_IXOTH if mode & stat.S_IXUSR else 0
        path.chmod(stat.S_IMODE(mode) | stat.S_IROTH | passes)
