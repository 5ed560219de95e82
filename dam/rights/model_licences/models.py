"""Models that clips were made with, what was read in their licences, and what that means for brands."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Version


class ModelRecord(models.Model):
    """A generator by its weights. Of the whole installation: brands share models.

    `licence` is its SPDX identifier or a hub's name for it; empty where nobody says. `training` is what its
    publisher says of the data it was trained on.
    """

    weights_sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    version = models.CharField(max_length=100, blank=True)
    family = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=300, blank=True)
    revision = models.CharField(max_length=100, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    training = models.TextField(blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class ModelReading(models.Model):
    """What an administrator read in a model's licence, for one brand or for all; one of each holds."""

    model = models.ForeignKey(ModelRecord, on_delete=models.CASCADE, related_name="readings")
    # The database itself deletes it with the brand (migration 0119): another release may delete that.
    brand = models.ForeignKey(
        Brand, null=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    cleared = models.BooleanField()
    everywhere = models.BooleanField(default=False)  # also where the licence's own terms leave a place out
    note = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model", "brand"],
                condition=models.Q(ended_at=None, brand__isnull=False),
                name="model_reading_once",
            ),
            models.UniqueConstraint(
                fields=["model"],
                condition=models.Q(ended_at=None, brand=None),
                name="model_reading_of_all_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} {'cleared' if self.cleared else 'not cleared'}"


class ModelStanding(models.Model):
    """What a model's licence means for one brand's clips: the verdict, kept by the module standings.

    `stops`: nothing made with it may leave. `places`: the countries that its licence leaves; NULL: all.
    While `to_spread` a worker brings it to the clips made with it, in the order of MadeWith's keys.
    """

    # The database itself deletes it with the brand (migration 0119).
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    model = models.ForeignKey(ModelRecord, on_delete=models.CASCADE, related_name="standings")
    stops = models.BooleanField()
    places = models.JSONField(null=True)
    to_spread = models.BooleanField(default=False)
    spread_after = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "model"], name="model_standing_once")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(to_spread=True), name="model_standing_to_spread")
        ]

    def __str__(self) -> str:
        return f"{self.model_id} for {self.brand_id}"


class MadeWith(models.Model):
    """A version was made with a model. Written with the version, and deleted with it by the database."""

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="made_with"
    )
    model = models.ForeignKey(ModelRecord, on_delete=models.PROTECT, db_index=False, related_name="+")
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )  # never changes

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "model"], name="made_with_once")]
        indexes = [models.Index(fields=["model", "brand", "id"], name="made_with_model")]

    def __str__(self) -> str:
        return f"{self.version_id} made with {self.model_id}"


class ApprovedBefore(models.Model):
    """A version that was approved before the licences of models were asked about: none of them stops it.

    Written by migration 0012 of generation alone. The database itself deletes it when the approval ends.
    """

    version = models.OneToOneField(
        Version, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.version_id} approved before"
