"""What clips look like, and the pairs of them that look alike."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Version


class VersionPrint(models.Model):
    """The fingerprint of a version (dam.media.fingerprints), and the tokens by which it is looked up."""

    # The database itself deletes it with its version (migration 0093): another release may do that.
    version = models.OneToOneField(
        Version, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="print"
    )
    method = models.PositiveSmallIntegerField()  # finding.METHOD when it was made
    length_ms = models.PositiveBigIntegerField()
    content = models.BinaryField()
    tokens = ArrayField(models.IntegerField())  # the brand is in them: they are of one brand and kind alone

    class Meta:
        indexes = [GinIndex(fields=["tokens"], name="version_print_tokens")]

    def __str__(self) -> str:
        return f"print of {self.version_id}"


class CommonToken(models.Model):
    """A token that so many clips have (finding.COMMON) that none is looked for by it any more."""

    token = models.IntegerField(primary_key=True)
    # Deleted by the database itself, as above.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")

    def __str__(self) -> str:
        return f"token {self.token}"


class NearPair(models.Model):
    """Two contents that look alike, once, and whether somebody said that they differ.

    It is about contents: `one_sha256` is the smaller of both. `one` and `two` are versions that have them,
    for as long as there are any, so that what was said stays when a file comes back. Where nothing was said,
    the database itself deletes the pair with either of them (migration 0093).
    """

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    one_sha256 = models.CharField(max_length=64)
    two_sha256 = models.CharField(max_length=64)
    # As the brand and the person below, left empty by the database itself where its version goes.
    one = models.ForeignKey(
        Version, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    two = models.ForeignKey(
        Version, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    share = models.FloatField()  # of their frames that are near one another, 0 to 1
    # Both are the latest versions of clips out of the trash: kept by the database itself (migration 0093).
    live = models.BooleanField(default=False)
    found_at = models.DateTimeField(default=timezone.now)
    different_at = models.DateTimeField(null=True)
    different_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_constraint=False,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "one_sha256", "two_sha256"], name="near_pair_once"),
            models.CheckConstraint(
                condition=models.Q(one_sha256__lt=models.F("two_sha256")), name="near_pair_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["brand", "-id"],
                condition=models.Q(different_at=None, live=True),
                name="near_pair_open",
            ),
            models.Index(
                fields=["brand", "-id"],
                condition=models.Q(different_at__isnull=False, live=True),
                name="near_pair_different",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.two_id}"
