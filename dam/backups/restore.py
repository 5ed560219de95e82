"""A backup becomes the installation's data again. What was there before is set aside, never deleted."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from dam.audit import anchors
from dam.backups import backup, files, programs
from dam.core import roles
from dam.core.errors import Refused
from dam.embedded import postgres, preflight

Say = Callable[[str], None]
_INCOMING = "reelproof_incoming"


class NotEmpty(Refused):
    """There are data already; restoring would put them aside."""

    code = "not_empty"
    title = "There is data already"


def restore(folder: Path, *, replace: bool, say: Say, keys: Path | None = None) -> files.Copied:
    """Read a backup in. With the embedded database nothing else may run meanwhile, and it is started here.

    Raises NotEmpty unless `replace` says that what is there may be set aside, backup.NoBackup,
    programs.DatabaseProgramFailed, CannotStart where the embedded server does not start.
    """
    card = backup.read(folder)
    roles.as_owner()
    with ExitStack() as stack:
        if settings.DATABASE_IS_EMBEDDED:
            preflight.check_owner(settings.DATA_DIR)
            stack.enter_context(preflight.lock(settings.DATA_DIR))
            stack.callback(postgres.start(settings.DATA_DIR, say=say).stop)
        _check_room(replace)
        say(f"Restoring the database of {card['made_at']} ...")
        stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        _restore_database(folder / backup.DUMP, stamp, say)
        roles.grant()
        if anchors.set_aside(stamp):
            say(f"How far activity logs had come is kept in {anchors.FOLDER}/before-{stamp}.")
        _restore_secrets(keys or folder / backup.SECRETS, stamp, say)
        say("Copying files ...")
        try:
            return files.back(folder / backup.FILES)
        finally:
            connections.close_all()


def _check_room(replace: bool) -> None:
    """Raise NotEmpty where restoring would hide somebody's data that nobody said may be set aside."""
    used = programs.ask("SELECT to_regclass('dam_brand') IS NOT NULL") == "t"
    if not used or programs.ask("SELECT count(*) FROM dam_brand") == "0":
        return
    if not settings.DATABASE_IS_EMBEDDED:
        raise NotEmpty("That database isn't empty. Make an empty one, and name it in DATABASE_URL.")
    if not replace:
        raise NotEmpty(
            f"{settings.DATA_DIR} holds an installation already. Choose an empty DATA_DIR, "
            "or add --replace: its database is then kept under another name."
        )


def _restore_database(dump: Path, stamp: str, say: Say) -> None:
    """Restore beside the present database and change places when it is whole."""
    arguments = ["--exit-on-error", "--no-owner", "--no-privileges"]
    if not settings.DATABASE_IS_EMBEDDED:
        programs.run("pg_restore", [*arguments, "--clean", "--if-exists", str(dump)])
        return
    programs.ask(f"DROP DATABASE IF EXISTS {_INCOMING}", database="postgres")
    programs.ask(f"CREATE DATABASE {_INCOMING} TEMPLATE template0", database="postgres")
    programs.run("pg_restore", [*arguments, str(dump)], database=_INCOMING)
    aside = f"{postgres.DATABASE}_before_{stamp.replace('-', '_')}"
    connections.close_all()
    programs.ask(f"ALTER DATABASE {postgres.DATABASE} RENAME TO {aside}", database="postgres")
    programs.ask(f"ALTER DATABASE {_INCOMING} RENAME TO {postgres.DATABASE}", database="postgres")
    if programs.ask("SELECT to_regclass('dam_brand') IS NOT NULL", database=aside) == "t":
        say(f"The database that was here is kept as {aside}.")
    else:
        programs.ask(f"DROP DATABASE {aside}", database="postgres")


def _restore_secrets(folder: Path, stamp: str, say: Say) -> None:
    """Put keys back. Others that are there are set aside: files signed with them stay valid."""
    if not folder.is_dir():
        return
    for source, target in (
        (folder / "secret_key", settings.DATA_DIR / "secret_key"),
        (folder / "signing", settings.SIGNING_DIR),
    ):
        if not source.exists() or _same(source, target):
            continue
        if target.exists():
            aside = target.with_name(f"{target.name}.before-{stamp}")
            target.rename(aside)
            say(f"What was in {target} is kept as {aside.name}.")
        target.parent.mkdir(parents=True, exist_ok=True)
        copy: Any = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, target)


def _same(one: Path, other: Path) -> bool:
    if one.is_file():
        return other.is_file() and one.read_bytes() == other.read_bytes()
    inside = [path.relative_to(one) for path in one.rglob("*") if path.is_file()]
    return other.is_dir() and all(_same(one / path, other / path) for path in inside)
