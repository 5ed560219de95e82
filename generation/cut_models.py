"""Pieces of clips that somebody puts together, and the clip that a worker makes of them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.ingest.models import Work
from dam.models import Brand, Version
from generation.states import CutState


class Cut(Work):
    """A cut, its maker's own. `pieces` and `settings` as generation.cuts.plans has them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The database itself follows what is deleted (migration 0021): another release may delete it.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    title = models.CharField(max_length=200)
    pieces = models.JSONField(default=list)
    settings = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in CutState],
        default=CutState.DRAFT.value,
    )
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    reason = models.CharField(max_length=300, blank=True)
    claim = models.CharField(max_length=64, blank=True)  # its worker may write only while this is its own
    changed_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    version = models.OneToOneField(
        Version, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["brand", "made_by", "-changed_at", "-id"], name="cut_newest"),
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["waiting", "running"]), name="cut_due"
            ),
        ]

    def __str__(self) -> str:
        return self.title
