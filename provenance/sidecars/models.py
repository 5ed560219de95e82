"""Sidecar: the Content Credentials of a file that has no place for them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from dam.captions.models import CaptionTrack
from provenance.releases.models import Release


class Sidecar(models.Model):
    """A manifest store that is bound to a file by its bytes: of a download format, or of captions.

    Of captions (`track`) there is one for each release and form ("vtt", "srt"), of their words at `revision`.
    Without `content` there is none yet: `problem` says why, and the next try is some time after `tried_at`.
    The database itself deletes it with its release and its captions.
    """

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, db_constraint=False, related_name="sidecars"
    )
    track = models.ForeignKey(
        CaptionTrack, null=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    form = models.CharField(max_length=4, blank=True)
    revision = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the file
    content = models.BinaryField(null=True)
    problem = models.TextField(blank=True)  # for the log and administrators, in English
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "track", "form"],
                condition=Q(track__isnull=False),
                name="sidecar_of_captions_once",
            ),
            models.UniqueConstraint(
                fields=["release", "sha256"], condition=Q(track=None), name="sidecar_of_file_once"
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="sidecar_bytes", condition=~Q(sha256=""))]

    def __str__(self) -> str:
        return f"Sidecar of {self.sha256[:12]}"
