"""Recall: copies of what may no longer be used are to come down. RecallNotice: who took some."""

from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Version

LONGEST_NOTE = 2000  # characters


class Recall(models.Model):
    """Of a withdrawn version, made in the transaction that ends its approval, once for each; or of a version
    that was made from that one, at any remove, made by a worker afterwards (provenance.recalls.spreading); or
    of one whose clearance ended, with all that it was made from (provenance.recalls.ended); or of one that
    stopped as something that it was made from is gone, rejected or altered (provenance.recalls.stopped).
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    # Of what was released nothing is deleted; a draft that was made from it may be.
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="recalls")
    # Whose end it is; None of what was made from something withdrawn, whose own approval stands.
    review = models.OneToOneField(
        "provenance.Review", null=True, on_delete=models.PROTECT, related_name="recall"
    )
    # The recall of what it was made from; None of one that was withdrawn itself.
    because_of = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, db_index=False, related_name="reached"
    )
    # The end of the clearance that it's about; None of what was withdrawn, or made from that.
    ended_at = models.DateTimeField(null=True)
    # When it was seen to have stopped by what it was made from; None of the others.
    stopped_at = models.DateTimeField(null=True)
    # Since when that version may be used again, so that nobody is asked any more.
    lifted_at = models.DateTimeField(null=True)
    # What was made from its version is still to be looked at, from the link behind this one on. The database
    # itself says so of links that are recorded later (migration 0027).
    to_spread = models.BooleanField(default=True, db_default=True)
    spread_after = models.BigIntegerField(default=0, db_default=0)  # key of a MadeFrom
    # As it was called then: whoever is asked may see no more of the clip than this.
    title = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["because_of", "version"], name="recall_reached_once"),
            models.CheckConstraint(
                condition=Q(review=None) | Q(because_of=None), name="recall_has_one_cause"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(review=None, because_of=None), name="recall_ended_by_itself"
            ),
            models.UniqueConstraint(fields=["version", "ended_at"], name="recall_ended_once"),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(review=None, because_of=None, ended_at=None),
                name="recall_stopped_by_itself",
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(stopped_at__isnull=False, lifted_at=None),
                name="recall_stopped_once",
            ),
        ]
        indexes = [
            models.Index(fields=["brand", "-id"], name="recall_newest"),
            # Without what they reached: that may be a hundred thousand between two of them.
            models.Index(fields=["brand", "-id"], condition=Q(because_of=None), name="recall_withdrawn"),
            models.Index(fields=["because_of", "id"], name="recall_reached"),
            models.Index(fields=["id"], condition=Q(to_spread=True), name="recall_to_spread"),
            models.Index(
                fields=["id"], condition=Q(ended_at__isnull=False, lifted_at=None), name="recall_ended_open"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def origin(self) -> "Recall":
        """The recall of what was withdrawn: itself, or the one it is because of."""
        return self.because_of or self


class NoticeState(StrEnum):
    CONFIRMED = "confirmed"
    WAITING = "waiting"  # can be asked, here or by mail, and hasn't confirmed
    AWAY = "away"  # can't be asked and hasn't confirmed


class RecallNotice(models.Model):
    """What one person took, and whether they have confirmed that it is down."""

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="notices")
    reference = models.CharField(max_length=40)  # provenance.recalls.copies.Copies.reference
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    taken = models.JSONField()  # provenance.recalls.copies.Copies.kept
    confirmed_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    # Another recall of the same version asked them for these copies and is open: they aren't told again.
    asked_before = models.BooleanField(default=False, db_default=False)

    # Of somebody from outside, who has no inbox here: the mail that told them, and when it was last tried.
    mailed_at = models.DateTimeField(null=True)
    mail_tried_at = models.DateTimeField(null=True)
    # When the last mail with a link to confirm went out; earlier releases of the product mailed none.
    link_sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recall", "reference"], name="recall_notice_once")]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(reference__startswith="guest_link:", mailed_at=None),
                name="recall_notice_to_mail",
            ),
            models.Index(fields=["recall", "id"], name="recall_notice_page"),
            models.Index(fields=["recall"], condition=Q(confirmed_at=None), name="recall_notice_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.recall_id}"
