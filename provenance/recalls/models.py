"""Recall: copies of what was withdrawn are to come down. RecallNotice: one person who took some."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Version

LONGEST_NOTE = 2000  # characters


class Recall(models.Model):
    """Made in the transaction that ends an approval, once for each."""

    class Cause(models.TextChoices):
        WITHDRAWN = "withdrawn", "Approval withdrawn"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="recalls")
    review = models.OneToOneField("provenance.Review", on_delete=models.PROTECT, related_name="recall")
    cause = models.CharField(max_length=20, choices=Cause, default=Cause.WITHDRAWN)
    # As it was called then: whoever is asked may see no more of the clip than this.
    title = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand", "-id"], name="recall_newest")]

    def __str__(self) -> str:
        return self.title


class RecallNotice(models.Model):
    """What one person took, and whether they have confirmed that it is down."""

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="notices")
    reference = models.CharField(max_length=40)  # Event.actor_ref without the token: "user:12", "guest:5"
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    taken = models.JSONField()  # provenance.recalls.copies.Copies.kept
    times = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recall", "reference"], name="recall_notice_once")]
        indexes = [models.Index(fields=["recall", "id"], name="recall_notice_page")]

    def __str__(self) -> str:
        return f"{self.reference}: {self.recall_id}"
