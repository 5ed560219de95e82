"""What is kept about the installation itself: bytes stored as running facts, daily sizes, backups."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from dam.accounts.models import Brand


class StoredFiles(models.Model):
    """How many files of a kind a brand keeps and how many bytes, up to the changes not yet added.

    Triggers of the tables that name files write StoredChange; nothing in the code counts.
    """

    brand_id = models.BigIntegerField()  # no key: what a deleted brand had goes with the next folding
    kind = models.CharField(max_length=20)
    files = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "kind"], name="stored_files_once")]

    def __str__(self) -> str:
        return f"{self.kind} of brand {self.brand_id}"


class StoredChange(models.Model):
    """What one statement added or took away: a row of its own, so that no two transactions wait for one."""

    brand_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    files = models.BigIntegerField()
    bytes = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.files:+} {self.kind} of brand {self.brand_id}"


class DailySize(models.Model):
    """How large a brand was on a day; without a brand the whole installation, its database and its disk."""

    day = models.DateField()
    brand = models.ForeignKey(Brand, null=True, on_delete=models.CASCADE, related_name="+")
    files = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    database_bytes = models.BigIntegerField(null=True)
    disk_free = models.BigIntegerField(null=True)  # where storage is a disk of ours

    class Meta:
        # Two: to look at one that counts nulls Django would connect before there is a role to connect as.
        constraints = [
            models.UniqueConstraint(fields=["brand", "day"], name="daily_size_once"),
            models.UniqueConstraint(
                fields=["day"], condition=models.Q(brand=None), name="daily_size_of_everything_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand or 'Everything'} on {self.day}"


class BackupKind(models.TextChoices):
    BACKUP = "backup", "Backup"
    CHECK = "check", "Check"


class BackupRun(models.Model):
    """One backup, or one check of a backup, as its command ended."""

    kind = models.CharField(max_length=6, choices=BackupKind.choices)
    folder = models.CharField(max_length=500)
    made_at = models.DateTimeField()  # of the backup, as its card says
    ended_at = models.DateTimeField(default=timezone.now)
    whole = models.BooleanField()  # nothing missing, nothing damaged
    problem = models.CharField(max_length=300, blank=True)
    files = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)  # copied by a backup, read by a check
    keys = models.BooleanField(default=False)  # whether signing keys are in it

    class Meta:
        indexes = [models.Index(fields=["kind", "-ended_at"], name="backup_newest")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.folder}"


class StorageCheck(models.Model):
    """One look at every stored file, as far as it has come: whoever runs it again goes on from there."""

    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    # The command that is at it keeps moving this on; once it is past, the command is gone.
    held_until = models.DateTimeField(null=True)
    done = ArrayField(models.CharField(max_length=80), default=list)  # parts that are behind it
    position = models.TextField(blank=True)  # of the part that it is at
    files = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)  # read, to work out what they are
    orphaned = models.BigIntegerField(default=0)  # named by no row: the sweep removes them
    # As it ended: of each so many, and so many that are right again.
    missing = models.BigIntegerField(default=0)
    altered = models.BigIntegerField(default=0)
    repaired = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="storage_check_newest")]

    def __str__(self) -> str:
        return f"Check of storage of {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def left(self) -> int:
        """How many things are still wrong."""
        return self.missing + self.altered - self.repaired


class Problem(models.TextChoices):
    MISSING = "missing", "Missing"
    ALTERED = "altered", "Altered"


class Repair(models.TextChoices):
    NONE = "", "Not repaired"
    FROM_BACKUP = "from_backup", "Taken back from the backup"
    MADE_AGAIN = "made_again", "Being made again"
    NOTHING = "nothing", "Right when it was its turn"


class StorageFinding(models.Model):
    """A file that the check found wrong. Without a key to anything else: what it is about may be gone."""

    check_run = models.ForeignKey(StorageCheck, on_delete=models.CASCADE, related_name="findings")
    brand_id = models.BigIntegerField(null=True)
    key = models.TextField()
    problem = models.CharField(max_length=8, choices=Problem.choices)
    size = models.BigIntegerField(null=True)  # as it should be
    found_size = models.BigIntegerField(null=True)
    repair = models.CharField(max_length=11, choices=Repair.choices, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_run", "key"], name="storage_finding_once")]

    def __str__(self) -> str:
        return f"{self.problem} {self.key}"
