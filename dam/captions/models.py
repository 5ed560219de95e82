"""Captions of a version, in one language."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.catalog.models import Version
from dam.core.lazily import lazy


class TrackKind(models.TextChoices):
    CAPTIONS = "captions", lazy("Captions, with sounds")
    SUBTITLES = "subtitles", lazy("Subtitles")


class TrackSource(models.TextChoices):
    UPLOADED = "uploaded", lazy("Uploaded")
    RECOGNISED = "recognised", lazy("From the transcript")


class CaptionTrack(models.Model):
    """What is to be read along, in one language (dam.captions.tracks).

    Of each language one is there; of those removed or replaced the last is kept to be restored. The database
    itself deletes it with its version (migration 0124): a process of the release before may do that.
    """

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, db_constraint=False, related_name="captions"
    )
    language = models.CharField(max_length=35)  # a BCP 47 tag: "de", "pt-BR"
    label = models.CharField(max_length=80, blank=True)  # in the player's menu; the language's name without
    kind = models.CharField(max_length=9, choices=TrackKind.choices, default=TrackKind.SUBTITLES)
    source = models.CharField(max_length=10, choices=TrackSource.choices)
    cues = models.JSONField()  # [[from ms, to ms, text], …] in their order
    revision = models.PositiveIntegerField(default=0)  # counts its changes
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    changed_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"],
                condition=models.Q(removed_at=None),
                name="caption_track_of_language",
            ),
            models.UniqueConstraint(
                fields=["version", "language"],
                condition=models.Q(removed_at__isnull=False),
                name="caption_track_removed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} of {self.version_id}"
