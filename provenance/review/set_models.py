"""Clips that were sent to review together, and which of them somebody has opened."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.models import Brand


class ReviewSet(models.Model):
    """Several clips that were sent to review together (review.sets). Each has a review, stages and decisions
    of its own; `note` and `due_at` are theirs, too.

    Its key is made when the form is shown, so that what is sent twice is one set.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    title = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    submitted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.title


class ReviewOpening(models.Model):
    """Somebody has opened the room of a review in a stage of it (review.together)."""

    review = models.ForeignKey(
        "Review", on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    stage = models.PositiveSmallIntegerField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    played = models.JSONField(null=True)  # watching.Spans, of all times that they were in the room

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "stage", "user"], name="review_opened_once")]

    def __str__(self) -> str:
        return f"{self.review_id} at {self.stage}"
