"""Evidence packs of releases, each made once for the brand's lawyers and kept for some time."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dam.core.lazily import lazy
from dam.ingest.models import Work
from dam.models import Brand
from provenance.releases.models import Release


class PackState(models.TextChoices):
    WAITING = "waiting", lazy("Waiting")
    RUNNING = "running", lazy("Running")
    READY = "ready", lazy("Ready")
    FAILED = "failed", lazy("Failed")


UNDER_WAY = (PackState.WAITING, PackState.RUNNING)


class EvidencePack(Work):
    """One of them, as the clip stood at `at`: its ZIP, with the released file in it or its hash alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The database itself deletes it with the release, and empties `user` (migration 0053): processes of
    # another release may delete those.
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="evidence_packs"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    with_file = models.BooleanField(default=False)
    language = models.CharField(max_length=10)  # of the summary

    state = models.CharField(max_length=10, choices=PackState.choices, default=PackState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    reason = models.CharField(max_length=300, blank=True)
    claim = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    # The last event of the activity log that it knows: what came later makes it stale.
    up_to = models.PositiveBigIntegerField(null=True)
    files = models.PositiveIntegerField(null=True)
    signed = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    storage_key = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(state__in=["waiting", "running"]),
                name="evidence_pack_under_way_once",
            ),
            models.CheckConstraint(
                name="evidence_pack_ready_or_not",
                condition=~Q(state="ready") | (~Q(sha256="") & ~Q(storage_key="") & Q(size__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["release", "-created_at"], name="evidence_pack_newest"),
            models.Index(fields=["brand", "-created_at"], name="evidence_pack_of_brand"),
            models.Index(fields=["storage_key"], name="evidence_pack_key"),
            models.Index(
                fields=["due_at"], name="evidence_pack_due", condition=Q(state__in=["waiting", "running"])
            ),
            models.Index(fields=["created_at"], name="evidence_pack_made"),
        ]

    def __str__(self) -> str:
        return f"Evidence of {self.release}"
