"""The audit trail: append-only and hash-chained, one chain for each brand."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from dam.accounts.models import Brand


class Event(models.Model):
    """One thing that happened. Rows are never changed: a trigger in the database refuses it."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    # The actor's name is copied: the trail must still read when the person is gone.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    actor_name = models.CharField(max_length=120)
    # Who it was without saying who: "user:12". It stays when the account is deleted, and the seal covers it.
    actor_ref = models.CharField(max_length=40, blank=True, default="")
    verb = models.CharField(max_length=40)
    asset_id = models.UUIDField(null=True, db_index=True)
    target = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    # The name of the key (dam.audit.seals); empty for events from before there were keys.
    sealed_with = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "sequence"], name="event_sequence_once")]
        indexes = [
            models.Index(fields=["brand", "-sequence"], name="event_newest"),
            # The filters of the log (dam/audit/search.py).
            models.Index(fields=["brand", "actor", "-sequence"], name="event_person"),
            models.Index(fields=["brand", "verb", "-sequence"], name="event_verb"),
            models.Index(fields=["brand", "at"], name="event_at"),
            GinIndex(OpClass(Upper("target"), name="gin_trgm_ops"), name="event_target"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"


class ChainCheck(models.Model):
    """The newest reading of a brand's whole chain, and what came of it (dam/audit/chain_checks.py)."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    requested_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    events = models.PositiveBigIntegerField(default=0)
    broken_at = models.PositiveBigIntegerField(null=True)  # the first event that doesn't hold
    cut_off = models.BooleanField(default=False)
    unknown_seal = models.CharField(max_length=8, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.brand} · {self.requested_at:%Y-%m-%d %H:%M}"
