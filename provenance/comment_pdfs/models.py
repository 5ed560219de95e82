"""PDFs of a version's comments, each made for the person who asked for it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dam.core.lazily import lazy
from dam.ingest.models import Work
from dam.models import Brand, Version


class PdfState(models.TextChoices):
    WAITING = "waiting", lazy("Waiting")
    RUNNING = "running", lazy("Running")
    READY = "ready", lazy("Ready")
    FAILED = "failed", lazy("Failed")


UNDER_WAY = (PdfState.WAITING, PdfState.RUNNING)


class CommentPdf(Work):
    """One of them. Nobody but `user` has it, for what somebody filters by is theirs; it is kept for days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    wanted = models.JSONField(default=dict)  # review.filtering.Filter.parameters
    for_guests = models.BooleanField(default=False)  # only what outside reviewers read, too
    language = models.CharField(max_length=10)

    state = models.CharField(max_length=10, choices=PdfState.choices, default=PdfState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    reason = models.CharField(max_length=300, blank=True)
    claim = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    storage_key = models.CharField(max_length=200, blank=True)
    threads = models.PositiveIntegerField(null=True)
    # Characters that the fonts in it lack, and frames that couldn't be decoded.
    undrawn = models.PositiveIntegerField(null=True)
    missing_frames = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="comment_pdf_ready_or_not",
                condition=~Q(state="ready") | (~Q(sha256="") & ~Q(storage_key="") & Q(size__isnull=False)),
            )
        ]
        indexes = [
            models.Index(fields=["storage_key"], name="comment_pdf_key"),
            models.Index(
                fields=["due_at"], name="comment_pdf_due", condition=Q(state__in=["waiting", "running"])
            ),
            models.Index(fields=["user", "version", "created_at"], name="comment_pdf_mine"),
            models.Index(fields=["created_at"], name="comment_pdf_made"),
        ]

    def __str__(self) -> str:
        return f"Comments of {self.version}"
