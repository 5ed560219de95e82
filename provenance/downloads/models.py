"""Download presets of a brand, and the files that were made by them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dam.core.lazily import lazy
from dam.ingest.models import Work
from dam.models import Brand, Version
from provenance.releases.models import Release


class DownloadPreset(models.Model):
    """One way in which a brand's releases can be had. `recipe` as dam.media.presets.Recipe has it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="download_presets")
    name = models.CharField(max_length=60)
    shipped = models.CharField(max_length=20, blank=True)  # which of the shipped ones it began as
    recipe = models.JSONField()
    position = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "name"], condition=Q(deleted_at=None), name="preset_name_once"
            ),
            models.UniqueConstraint(
                fields=["brand", "shipped"], condition=~Q(shipped=""), name="preset_shipped_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FileState(models.TextChoices):
    WAITING = "waiting", lazy("Waiting")
    RUNNING = "running", lazy("Running")
    READY = "ready", lazy("Ready")
    FAILED = "failed", lazy("Failed")
    CANCELLED = "cancelled", lazy("Cancelled")
    CLEARED = "cleared", lazy("Cleared")  # made once; its file is gone, and what it was is still known


UNDER_WAY = (FileState.WAITING, FileState.RUNNING)
LIVE = (*UNDER_WAY, FileState.READY)


class PresetFile(Work):
    """A file made of a release, for everybody who wants the same. `recipe` is what it is made by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="preset_files")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    preset = models.CharField(max_length=60)  # its name when it was asked for
    recipe = models.JSONField()
    focus_x = models.PositiveSmallIntegerField(default=500)  # thousandths, from left and top
    focus_y = models.PositiveSmallIntegerField(default=500)
    frame = models.PositiveIntegerField(default=0)  # that a still shows
    digest = models.CharField(max_length=64)  # dam.media.presets.digest
    # The keys of the labels of disclosure that the finished file shows, as whoever made it says.
    carries = models.JSONField(default=list, db_default=[])

    state = models.CharField(max_length=10, choices=FileState.choices, default=FileState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    reason = models.CharField(max_length=300, blank=True)
    log = models.TextField(blank=True)  # the last of what FFmpeg printed
    claim = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    content_type = models.CharField(max_length=60, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)
    pictures_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")  # as a release's
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    loudness = models.FloatField(null=True)  # LUFS, measured in the finished file
    # Likeness to the release, 0 to 100 (dam.media.quality.Score): mean, what all but the worst frames reach,
    # and the mean of a first try that was given up. Empty where nothing was measured.
    vmaf = models.FloatField(null=True)
    vmaf_low = models.FloatField(null=True)
    vmaf_first = models.FloatField(null=True)
    used_at = models.DateTimeField(null=True)  # when somebody last had it

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "digest"],
                condition=Q(state__in=[each.value for each in LIVE]),
                name="preset_file_once",
            ),
            models.CheckConstraint(
                name="preset_file_ready_or_not",
                condition=~Q(state="ready") | (~Q(sha256="") & ~Q(storage_key="") & Q(size__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["storage_key"], name="preset_file_key"),
            models.Index(fields=["sha256"], name="preset_file_bytes"),
            models.Index(
                fields=["pictures_sha256"], name="preset_file_pictures", condition=~Q(pictures_sha256="")
            ),
            models.Index(
                fields=["due_at"], name="preset_file_due", condition=Q(state__in=["waiting", "running"])
            ),
            models.Index(
                fields=["brand", "user", "created_at"],
                name="preset_file_turn",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["used_at"], name="preset_file_used", condition=Q(state="ready")),
        ]

    def __str__(self) -> str:
        return f"{self.preset} of {self.version}"
