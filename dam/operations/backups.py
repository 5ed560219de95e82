"""The backups that were made, and whether one was checked since."""

from datetime import datetime

from dam.operations.models import BackupKind, BackupRun


def note(kind: BackupKind, *, folder: str, made_at: datetime, problem: str = "", **facts: int) -> BackupRun:
    """Write down how a backup or the check of one ended; whole where there is no problem."""
    return BackupRun.objects.create(
        kind=kind, folder=folder[:500], made_at=made_at, whole=not problem, problem=problem[:300], **facts
    )


def last() -> BackupRun | None:
    """The last backup, whole or not."""
    return BackupRun.objects.filter(kind=BackupKind.BACKUP).order_by("-ended_at").first()


def last_check() -> BackupRun | None:
    """The last check of any backup."""
    return BackupRun.objects.filter(kind=BackupKind.CHECK).order_by("-ended_at").first()
