"""Bulk edits: one change to many clips, with what came of it and how the clips were before."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Asset
from dam.core.lazily import lazy


class EditState(models.TextChoices):
    DRAFT = "draft", lazy("Not started")
    WAITING = "waiting", lazy("Waiting")
    RUNNING = "running", lazy("In progress")
    DONE = "done", lazy("Done")
    CANCELLED = "cancelled", lazy("Cancelled")
    FAILED = "failed", lazy("Failed")
    UNDOING = "undoing", lazy("Being undone")
    UNDONE = "undone", lazy("Undone")


ACTIVE = (EditState.WAITING, EditState.RUNNING, EditState.UNDOING)
UNDOABLE = (EditState.DONE, EditState.CANCELLED, EditState.FAILED)


class Outcome(models.TextChoices):
    """What came of one clip."""

    WAITING = "waiting", lazy("Waiting")
    CHANGED = "changed", lazy("Changed")
    SAME = "same", lazy("Already so")
    LEFT = "left", lazy("Not changed")  # `reason` says why
    UNDONE = "undone", lazy("Undone")
    PARTLY = "partly", lazy("Partly undone")  # `reason` says why
    KEPT = "kept", lazy("Not undone")  # `reason` says why


class BulkEdit(models.Model):
    """Who wants which clips to change, and how. The clips are its items; of a filter, once it has begun."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="bulk_edits")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # Everything that a search finds: its words and filters, as saved searches have them. None: the items.
    query = models.JSONField(null=True)
    change = models.JSONField(default=dict)  # dam.bulk.changes
    # Of an imported one: the file's name, and what came of its rows (dam.bulk.importing).
    file = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=EditState.choices, default=EditState.DRAFT)
    total = models.PositiveIntegerField(default=0)  # clips; of a filter known once it has begun
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    partly = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)  # in a row that failed
    problem = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(default=timezone.now)  # when a worker last did a part of it
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand", "requested_by", "-created_at", "-id"], name="bulk_edit_newest"),
            models.Index(fields=["moved_at"], condition=Q(state__in=ACTIVE), name="bulk_edit_active"),
            models.Index(fields=["state", "created_at"], name="bulk_edit_age"),
        ]

    def __str__(self) -> str:
        return f"Bulk edit {self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def can_be_undone(self) -> bool:
        return self.state in UNDOABLE and self.changed > 0

    @property
    def to_do(self) -> int:
        """Of how many clips; 0 until that is known."""
        return self.changed if self.state in (EditState.UNDOING, EditState.UNDONE) else self.total

    @property
    def seen(self) -> int:
        """How many clips it has dealt with."""
        if self.state in (EditState.UNDOING, EditState.UNDONE):
            return self.undone + self.partly + self.kept
        return self.changed + self.same + self.left


class BulkItem(models.Model):
    """One clip of a bulk edit, and what came of it."""

    edit = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, db_index=False, related_name="items")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(
        max_length=8, choices=Outcome.choices, default=Outcome.WAITING, db_default=Outcome.WAITING.value
    )
    row = models.PositiveIntegerField(null=True)  # of the file
    wanted = models.JSONField(null=True)  # by its row
    done = models.JSONField(null=True)  # what was changed, and how it was before: dam.bulk.doing
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edit", "asset"], name="bulk_item_once")]
        indexes = [models.Index(fields=["edit", "outcome", "id"], name="bulk_item_next")]

    def __str__(self) -> str:
        return f"{self.asset_id} in {self.edit_id}"
