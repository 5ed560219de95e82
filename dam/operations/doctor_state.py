"""What the doctor looks at while everything runs: database, broker, workers, disk, programs, backups."""

import io
import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.core import encryption, queues, sandbox, storage, workers
from dam.embedded import postgres
from dam.media import encoders, ffmpeg, presets, quality
from dam.media.errors import MediaFailed
from dam.operations import backups, expiring
from dam.operations.doctor import Finding, Level, check, error, warning
from dam.operations.fsck import looking

OLD_BACKUP, TOO_OLD_BACKUP, OLD_CHECK = timedelta(days=2), timedelta(days=8), timedelta(days=35)
CLOCKS_APART = 5.0  # seconds
LITTLE_ROOM = 5 * 1024**3
PROGRAMS = ("pg_dump", "pg_restore", "psql")


def _answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


@check
def database() -> Iterator[Finding]:
    if not _answers():
        yield error("database", _("The database doesn't answer."), _("Start it, and check DATABASE_URL."))
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        extensions = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        mighty = cursor.fetchone()[0]
        cursor.execute(
            "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class"
            " WHERE oid = to_regclass('dam_event')"
        )
        owner = cursor.fetchone()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        apart = abs(float(cursor.fetchone()[0]) - datetime.now(UTC).timestamp())
    for name in sorted({"vector", "pg_trgm"} - extensions):
        yield error(
            "extension",
            _("The database lacks the extension %(name)s, which search needs.") % {"name": name},
            _("Run CREATE EXTENSION as a superuser of the database."),
        )
    if mighty or (owner and owner[0]):
        yield warning(
            "database_role",
            _("The application's database role owns the tables: an injected query could rewrite the log."),
            _("Use the owner for migrate alone, and DATABASE_APPLICATION_ROLE for everything else."),
        )
    if apart > CLOCKS_APART:
        yield warning(
            "clock",
            _("The clocks of this machine and of the database are %(seconds)d seconds apart.")
            % {"seconds": apart},
            _("Have both follow a time server."),
        )


@check
def migrations() -> Iterator[Finding]:
    if not _answers():
        return
    executor = MigrationExecutor(connection)
    left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if left:
        yield error(
            "migrations",
            _("%(count)d migrations aren't applied.") % {"count": len(left)},
            _("Run manage.py migrate."),
        )


@check
def encrypted_secrets() -> Iterator[Finding]:
    """Whether every secret that lies encrypted can still be read."""
    if not _answers():
        return
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, encryption.EncryptedTextField) and _has_unreadable(
                model._meta.db_table, str(field.column)
            ):
                yield error(
                    "secret_unreadable",
                    _("A secret in %(table)s can't be read: it was encrypted with another SECRET_KEY.")
                    % {"table": model._meta.verbose_name},
                    _("Put the old key into SECRET_KEY_FALLBACKS, or enter the secret again."),
                )


def _has_unreadable(table: str, column: str) -> bool:
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT {name(column)} FROM {name(table)} WHERE {name(column)} <> '' LIMIT 1000")
        except DatabaseError:  # not migrated yet, which has a finding of its own
            return False
        for (text,) in cursor.fetchall():
            try:
                encryption.decrypt(text)
            except encryption.Unreadable:
                return True
    return False


@check
def broker_and_workers() -> Iterator[Finding]:
    if queues.all_of_them() is None:
        yield error("broker", _("The task queue doesn't answer."), _("Start it, and check BROKER_URL."))
    served = workers.served()
    if served is None:
        yield error("cache", _("The cache's server doesn't answer."), _("Start it, and check CACHE_URL."))
        return
    alone = [queue for queue, is_served in served.items() if not is_served]
    if alone:
        yield error(
            "no_worker",
            _("No worker serves: %(queues)s.") % {"queues": ", ".join(alone)},
            _("Start workers for these queues; docs/operations.md says what each does."),
        )


@check
def room() -> Iterator[Finding]:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    places = {"DATA_DIR": shutil.disk_usage(settings.DATA_DIR).free, "STORAGE": storage.free()}
    for name, free in places.items():
        if free is not None and free < LITTLE_ROOM:
            found = error if free < 2 * settings.DISK_RESERVE_BYTES else warning
            yield found(
                "disk",
                _("The disk of %(name)s has %(free).1f GB free.") % {"name": name, "free": free / 1e9},
                _("Free some space, or move it to another disk."),
            )


@check
def storing() -> Iterator[Finding]:
    """Write, read and delete a file of our own."""
    key = f"doctor/{uuid.uuid4()}"
    try:
        storage.keep(io.BytesIO(b"doctor"), key=key)
        with storage.open_file(key) as file:
            whole = file.read() == b"doctor"
    except (OSError, storage.Unavailable) as problem:
        yield error(
            "storage",
            _("File storage can't be written: %(problem)s") % {"problem": problem},
            _("Check STORAGE and who may write there."),
        )
        return
    finally:
        with suppress(OSError, storage.Unavailable):
            storage.delete(key)
    if not whole:
        yield error("storage", _("File storage gave other bytes back."), _("Check the disk or the bucket."))


@check
def binaries() -> Iterator[Finding]:
    try:
        ffmpeg.binary()
    except (MediaFailed, ImportError, RuntimeError):
        yield error("ffmpeg", _("There is no FFmpeg."), _("Install it, or set FFMPEG_BINARY to it."))
    else:
        lacks = {name for names in encoders.of_formats().values() for name in names}
        lacks |= {
            each
            for each in (presets.TEXT_FILTER, presets.LOUDNESS_FILTER, quality.FILTER)
            if not encoders.has(each)
        }
        if lacks:
            yield warning(
                "ffmpeg_lacks",
                _("FFmpeg lacks %(names)s: some download formats can't be made.")
                % {"names": ", ".join(sorted(lacks))},
                _("Use an FFmpeg that has them, or delete the presets that need them."),
            )
    for name in PROGRAMS:
        if shutil.which(name) is None and not _embedded(name):
            yield warning(
                "program",
                _("%(name)s is missing, so no backup can be made here.") % {"name": name},
                _("Install PostgreSQL's client programs."),
            )


def _embedded(name: str) -> bool:
    try:
        return postgres.program(name).exists()
    except Exception:  # noqa: BLE001 - no embedded server here, for whatever reason
        return False


@check
def sandbox_walls() -> Iterator[Finding]:
    missing = sandbox.PROTECTIONS.keys() - sandbox.protections()
    if missing:
        yield Finding(
            Level.NOTE,
            "sandbox",
            _("This kernel lacks %(names)s: files from outside are read with fewer walls around them.")
            % {"names": ", ".join(sorted(missing))},
            _("Use a Linux kernel with Landlock and user namespaces where that matters."),
        )


@check
def backup_age() -> Iterator[Finding]:
    if not _answers():
        return
    at, last, checked = timezone.now(), backups.last(), backups.last_check()
    if last is None:
        yield warning(
            "no_backup", _("No backup was ever made."), _("Run manage.py backup FOLDER every night.")
        )
        return
    age = at - last.made_at
    if age > OLD_BACKUP:
        found = error if age > TOO_OLD_BACKUP else warning
        yield found(
            "backup_old",
            _("The last backup is %(days)d days old.") % {"days": age.days},
            _("See why the nightly backup stopped, and run it."),
        )
    if not last.whole:
        yield error(
            "backup_damaged",
            _("The last backup is incomplete: %(problem)s.") % {"problem": last.problem},
            _("Find the files that are missing or damaged in storage; earlier backups may have them."),
        )
    if checked is None or at - checked.ended_at > OLD_CHECK:
        yield warning(
            "backup_unchecked",
            _("No backup was checked within a month."),
            _("Run manage.py backup FOLDER --verify."),
        )
    elif not checked.whole:
        yield error(
            "backup_damaged",
            _("The last check found the backup damaged: %(problem)s.") % {"problem": checked.problem},
            _("Make a new one in an empty folder."),
        )


@check
def stored_files() -> Iterator[Finding]:
    """What the last check of every file found and nothing has repaired since."""
    if not _answers():
        return
    last = looking.last()
    if last is not None and last.left:
        yield error(
            "files_wrong",
            ngettext(
                "%(count)d stored file is missing or altered.",
                "%(count)d stored files are missing or altered.",
                last.left,
            )
            % {"count": last.left},
            _("Run manage.py fsck --repair --backup FOLDER."),
        )


@check
def certificates() -> Iterator[Finding]:
    at = timezone.now()
    for each in expiring.of_installation(at):
        if each.is_due(at):
            found = error if each.is_over(at) or each.ends_at is None else warning
            ends = f" ({each.ends_at:%Y-%m-%d})" if each.ends_at else ""
            yield found("certificate", _("%(name)s ends.") % {"name": each.name + ends}, each.advice)
