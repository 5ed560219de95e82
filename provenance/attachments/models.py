"""Files attached to comments and to what guests say, and what is shown of them in a page."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dam.core.lazily import lazy
from dam.ingest.models import Work
from dam.models import Brand, Version


class AttachmentKind(models.TextChoices):
    """What it is to people, by its bytes."""

    PICTURE = "picture", lazy("Image")
    VIDEO = "video", lazy("Video")
    SOUND = "sound", lazy("Sound")
    DOCUMENT = "document", lazy("Document")


class AttachmentState(models.TextChoices):
    """How far the preview of it is. The file itself is there from the beginning."""

    WAITING = "waiting", lazy("Waiting")
    RUNNING = "running", lazy("Running")
    READY = "ready", lazy("Ready")  # with what can be shown of it: of a PDF nothing
    FAILED = "failed", lazy("Failed")


class Attachment(Work):
    """One file as it was sent, which nothing here opens but a worker, in the sandbox.

    Until what it is attached to is sent it is its sender's draft: neither `comment` nor `remark`. The
    database lets it go with the version, the comment, the remark or the link it belongs to (triggers).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    version = models.ForeignKey(Version, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    comment = models.ForeignKey(
        "provenance.Comment",
        null=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="attachments",
    )
    remark = models.ForeignKey(
        "provenance.GuestRemark",
        null=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="attachments",
    )
    # Who sent it: a person of the brand, or a guest by their link.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    link = models.ForeignKey(
        "provenance.GuestLink", null=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    filename = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=AttachmentKind.choices)
    format = models.CharField(max_length=40)  # media.sniffer.FileKind.label
    storage_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    duration_ms = models.PositiveIntegerField(null=True)  # of sound and video, once it is known
    created_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=10, choices=AttachmentState.choices, default=AttachmentState.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    claim = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="attachment_to_one", condition=Q(comment=None) | Q(remark=None)),
        ]
        indexes = [
            models.Index(fields=["storage_key"], name="attachment_key"),
            models.Index(
                fields=["due_at"], name="attachment_due", condition=Q(state__in=["waiting", "running"])
            ),
            models.Index(
                fields=["created_at"], name="attachment_draft", condition=Q(comment=None, remark=None)
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_coming(self) -> bool:
        """Whether something more is to be shown of it."""
        return self.state in (AttachmentState.WAITING, AttachmentState.RUNNING)


class AttachmentPreview(models.Model):
    """What a page shows of an attachment: a picture encoded anew, or its sound. Made by a worker."""

    attachment = models.OneToOneField(
        Attachment,
        primary_key=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="preview",
    )
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    storage_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField(null=True)  # of a picture
    height = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["storage_key"], name="attachment_preview_key")]

    def __str__(self) -> str:
        return f"preview of {self.attachment_id}"
