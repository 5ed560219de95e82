"""Release: one signing of an approved version. Rows are never deleted, and their facts never change."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from dam.models import Asset, Brand, Version
from provenance.releases.states import LIVE, ReleaseStatus

LABELS = {
    ReleaseStatus.SIGNING: "Being signed",
    ReleaseStatus.READY: "Released",
    ReleaseStatus.FAILED: "Signing failed",
    ReleaseStatus.WITHDRAWN: "Withdrawn",
    ReleaseStatus.SUPERSEDED: "Superseded",
}


class Release(models.Model):
    """Made with the approval that allows it; its file follows. A trigger holds what is said here."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="releases")
    # The version's asset again, so that the database can hold one ready release of it.
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="releases")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="releases")
    review = models.ForeignKey("provenance.Review", on_delete=models.PROTECT, related_name="releases")
    # The terms of the approval, which are signed into the file.
    uses = models.JSONField()
    territories = models.JSONField()
    valid_until = models.DateTimeField(null=True)
    master_sha256 = models.CharField(max_length=64)  # the bytes that were approved

    state = models.CharField(
        max_length=10,
        choices=[(state.value, label) for state, label in LABELS.items()],
        default=ReleaseStatus.SIGNING.value,
    )
    reason = models.TextField(blank=True)  # for people: why it failed, waits or was withdrawn
    created_at = models.DateTimeField(default=timezone.now)
    signed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    # The file, once signed. A release that an earlier version of Reelproof withdrew may have lost its file.
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    content_type = models.CharField(max_length=60, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)
    # Of the file's decoded pictures (dam.media.decoded_hash): a copy is known by it whose metadata was taken
    # out. Empty where there are none, and of releases from before this.
    pictures_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")

    # The work: when its task was last sent, and who has it until when.
    sent_at = models.DateTimeField(null=True)
    sends = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=64, blank=True)
    claimed_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    interruptions = models.PositiveSmallIntegerField(default=0)  # put back because something was away

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(state__in=[each.value for each in LIVE]),
                name="release_live_once",
            ),
            models.UniqueConstraint(fields=["asset"], condition=Q(state="ready"), name="release_ready_once"),
            models.CheckConstraint(
                name="release_has_what_its_state_says",
                condition=(
                    Q(state="signing", sha256="", signed_at=None, ended_at=None)
                    | (
                        Q(state="ready", size__isnull=False, signed_at__isnull=False, ended_at=None)
                        & ~Q(sha256="")
                        & ~Q(storage_key="")
                        & ~Q(content_type="")
                    )
                    | (Q(state="failed", sha256="", signed_at=None, ended_at__isnull=False) & ~Q(reason=""))
                    | Q(state__in=["withdrawn", "superseded"], ended_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="release_claimed_or_not",
                condition=Q(claim="", claimed_until=None) | (~Q(claim="") & Q(claimed_until__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="release_bytes"),
            models.Index(fields=["storage_key"], name="release_key"),
            models.Index(
                fields=["pictures_sha256"], name="release_pictures", condition=~Q(pictures_sha256="")
            ),
            models.Index(F("sent_at"), condition=Q(state="signing"), name="release_waiting"),
        ]

    def __str__(self) -> str:
        return f"Release of {self.version}"


class ReleasePrint(models.Model):
    """What a release looks like (dam.media.copy_detection), by which copies of it are known.

    The row waits from the signing on until `due_at` is empty; without `content` nothing could be made of it.
    """

    release = models.OneToOneField(
        Release, primary_key=True, on_delete=models.CASCADE, related_name="print", db_constraint=False
    )
    due_at = models.DateTimeField(null=True, default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    content = models.BinaryField(null=True)
    tokens = ArrayField(models.IntegerField(), default=list)

    class Meta:
        indexes = [
            GinIndex(fields=["tokens"], name="release_print_tokens", fastupdate=False),
            # The newest first (likeness.tend).
            models.Index(fields=["release"], name="release_print_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"print of {self.release_id}"


class ReleaseTimestamp(models.Model):
    """When a release's file was there for certain, or why nobody says so yet.

    Made some minutes after the signing, where an authority is configured (late_timestamps). `response` is the
    authority's (RFC 3161), over the file's SHA-256; without one and with `at` the timestamp is in the file.
    """

    release = models.OneToOneField(
        Release, on_delete=models.CASCADE, related_name="timestamp", db_constraint=False
    )
    at = models.DateTimeField(null=True)
    authority = models.CharField(max_length=200, blank=True)
    response = models.BinaryField(null=True)
    problem = models.TextField(blank=True)  # for people, in English
    tried_at = models.DateTimeField()
    given_up = models.BooleanField(default=False)  # there will be none

    class Meta:
        indexes = [
            models.Index(fields=["tried_at"], name="timestamp_waiting", condition=Q(at=None, given_up=False))
        ]

    def __str__(self) -> str:
        return f"Timestamp of {self.release}"


class ReleaseRenewal(models.Model):
    """A release's file with an update manifest, which makes it hold beyond its certificates (renewals).

    It leaves in the place of the file that was signed, which stays what was approved and recorded, and known.
    Without `at` there is none: `problem` says why. The database itself deletes it with its release.
    """

    release = models.OneToOneField(
        Release, primary_key=True, on_delete=models.CASCADE, related_name="renewal", db_constraint=False
    )
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    at = models.DateTimeField(null=True)
    authority = models.CharField(max_length=200, blank=True)  # who vouches for the signatures in it
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    storage_key = models.CharField(max_length=200, blank=True)
    problem = models.TextField(blank=True)  # for people, in English
    tried_at = models.DateTimeField()
    given_up = models.BooleanField(default=False)  # there will be none

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="renewal_has_its_file",
                condition=Q(at=None, sha256="", storage_key="")
                | (Q(at__isnull=False, size__isnull=False) & ~Q(sha256="") & ~Q(storage_key="")),
            )
        ]
        indexes = [
            models.Index(fields=["sha256"], name="renewal_bytes", condition=~Q(sha256="")),
            models.Index(fields=["storage_key"], name="renewal_key"),
        ]

    def __str__(self) -> str:
        return f"Renewal of {self.release_id}"
