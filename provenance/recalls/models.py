"""Recall: copies of what was withdrawn are to come down. RecallNotice: one person who took some."""

from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Version

LONGEST_NOTE = 2000  # characters


class Recall(models.Model):
    """Made in the transaction that ends an approval, once for each."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="recalls")
    review = models.OneToOneField("provenance.Review", on_delete=models.PROTECT, related_name="recall")
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


class NoticeState(StrEnum):
    CONFIRMED = "confirmed"
    WAITING = "waiting"  # works in the brand and hasn't confirmed
    AWAY = "away"  # can't be asked and hasn't confirmed


class RecallNotice(models.Model):
    """What one person took, and whether they have confirmed that it is down."""

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="notices")
    reference = models.CharField(max_length=40)  # Event.actor_ref without the token: "user:12", "guest:5"
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    taken = models.JSONField()  # provenance.recalls.copies.Copies.kept
    confirmed_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recall", "reference"], name="recall_notice_once")]
        indexes = [
            models.Index(fields=["recall", "id"], name="recall_notice_page"),
            models.Index(fields=["recall"], condition=Q(confirmed_at=None), name="recall_notice_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.recall_id}"
