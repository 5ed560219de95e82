"""Files on their way in, and the steps each accepted version goes through."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Asset, Version
from dam.core.lazily import lazy


class Work(models.Model):
    """Something a worker is to do. What is to be sent, now or again, follows from these columns alone."""

    # Begun and not put back: of one that is waiting again, how many workers died over it.
    attempts = models.PositiveSmallIntegerField(default=0)
    # How often it was put back because the database, storage or the like was away.
    interruptions = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=0)
    # When recovery sends it (again), should nobody have taken it by then.
    due_at = models.DateTimeField(null=True)
    # Its worker keeps moving this on; once it is past, the worker is gone.
    held_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class UploadState(models.TextChoices):
    RECEIVING = "receiving", lazy("Receiving")
    RECEIVED = "received", lazy("Checking")
    PART = "part", lazy("Part received")
    JOINED = "joined", lazy("Joined with others")
    TAKEN = "taken", lazy("Taken")
    KNOWN = "known", lazy("Already in the library")
    REFUSED = "refused", lazy("Refused")
    CANCELLED = "cancelled", lazy("Cancelled")


# Bytes come, or wait for those that belong after them: they count, and are given up when nobody goes on.
UNDER_WAY = (UploadState.RECEIVING, UploadState.PART)
PARTIAL = "partial"  # what `concat` says of an upload that is a part of another


class Upload(Work):
    """A file being received in pieces; its bytes are staged in storage until it is accepted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The asset that it is to be the next version of; without one it becomes an asset of its own.
    asset = models.ForeignKey(Asset, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    filename = models.CharField(max_length=255)  # cleaned for display; never used as a path
    metadata = models.TextField(blank=True, db_default="")  # Upload-Metadata as it came, to be repeated
    # Bytes, as declared; while its sender has not declared them, as many as there may be at most.
    size = models.PositiveBigIntegerField()
    length_known = models.BooleanField(default=True, db_default=True)
    concat = models.TextField(blank=True, db_default="")  # Upload-Concat as it came, to be repeated
    # The ids of the uploads that are its parts, in order; None for one whose bytes come by themselves.
    joins = models.JSONField(null=True)
    received = models.PositiveBigIntegerField(default=0)
    # What its sender says its bytes come to (SHA-256, hex): compared before it is taken. Empty where untold.
    sha256 = models.CharField(max_length=64, blank=True, db_default="")
    # What its sender says of it meanwhile (dam.ingest.details), for what is made of it.
    details = models.JSONField(default=dict, db_default={}, blank=True)
    # What storage must know to take the next piece (dam.core.storage.append).
    parts = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.RECEIVING)
    # Why it was refused: for programs (dam.media.errors) and for people.
    code = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    version = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="uploads")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "updated_at"], name="upload_stale"),
            models.Index(
                fields=["brand", "user", "updated_at"],
                name="upload_turn",
                condition=models.Q(state="received"),
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class StepState(models.TextChoices):
    WAITING = "waiting", lazy("Waiting")
    RUNNING = "running", lazy("Running")
    DONE = "done", lazy("Done")
    FAILED = "failed", lazy("Failed")
    SKIPPED = "skipped", lazy("Skipped")


class Step(Work):
    """One processing step of one version (names in dam.ingest.step_specs)."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="steps")
    # Of the version, and who made it: for fair turns (dam.accounts.turns).
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=StepState.choices, default=StepState.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    # It had ended well, or was left out, before it was asked for again: what there is stands meanwhile.
    again = models.BooleanField(default=False, db_default=False)
    claim = models.CharField(max_length=64, blank=True)  # of the run that it belongs to now
    progress = models.PositiveSmallIntegerField(null=True)  # percent, of those that can say
    log = models.TextField(blank=True, default="", db_default="")  # the last that was printed where it failed
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="step_once")]
        indexes = [
            models.Index(
                fields=["due_at"], name="step_due", condition=models.Q(state__in=["waiting", "running"])
            ),
            models.Index(
                fields=["name", "brand", "user", "position", "id"],  # dispatch.in_line
                name="step_turn",
                condition=models.Q(state="waiting", sends__gt=0, reason=""),
            ),
            models.Index(
                fields=["brand", "name", "-finished_at"],  # few, and asked for by a page
                name="step_failed",
                condition=models.Q(state="failed"),
            ),
            models.Index(fields=["started_at"], name="step_running", condition=models.Q(state="running")),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.name} of {self.version}"


class FillState(models.TextChoices):
    MAKING = "making", lazy("In progress")
    DONE = "done", lazy("Done")
    STOPPED = "stopped", lazy("Stopped")
    REFUSED = "refused", lazy("Ended early")


class RenditionFill(models.Model):
    """One kind of rendition is being made of all clips of a brand that lack it, a few at a time."""

    # The database itself deletes it with the brand (migration 0114): another release may delete that.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=FillState.choices, default=FillState.MAKING)
    reason = models.CharField(max_length=300, blank=True)  # why it ended early
    of = models.PositiveIntegerField(null=True)  # clips that lacked it when it began; None until counted
    asked = models.PositiveIntegerField(default=0)
    # The last one that was looked at: they are walked from the newest to the oldest.
    last_created_at = models.DateTimeField(null=True)
    last_id = models.UUIDField(null=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "kind"], condition=models.Q(state="making"), name="fill_once_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["brand", "kind", "-started_at"], name="fill_latest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.brand}"
