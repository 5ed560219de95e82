"""The audit trail: append-only and hash-chained, one chain for each brand."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from dam.accounts import pseudonyms
from dam.accounts.models import Brand


class SealedName(models.Model):
    """A name that events are sealed with by its hash, until it is erased (dam/audit/names.py)."""

    digest = models.CharField(max_length=64, primary_key=True)
    # Whose it is: "user:12", "token:3 user:12", "guest:5".
    reference = models.CharField(max_length=40, db_index=True)
    name = models.CharField(max_length=120, blank=True)
    salt = models.CharField(max_length=32, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "name"], condition=models.Q(erased_at=None), name="sealed_name_once"
            )
        ]

    def __str__(self) -> str:
        return pseudonyms.of_reference(self.reference) if self.erased_at else self.name


class Events(models.Manager["Event"]):
    """With the names that each is shown with."""

    def get_queryset(self) -> models.QuerySet["Event"]:
        return super().get_queryset().select_related("actor", "actor_label", "about_label")


def _label() -> "models.ForeignKey[SealedName | None, SealedName | None]":
    """The row of a name, found by the hash that is sealed. No constraint: an event's row never changes."""
    return models.ForeignKey(
        SealedName,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )


class Event(models.Model):
    """One thing that happened. Rows are never changed: a trigger in the database refuses it.

    Who did it, and whom it is about, is kept as a reference; their names stand in rows of their own, so that
    a name can be erased and the chain still holds.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    # The name itself, sealed: of Reelproof's own work, and of events from before names could be erased.
    sealed_name = models.CharField(max_length=120, blank=True, default="", db_column="actor_name")
    actor_label = _label()  # the name that it was done with; shown, it is `actor_name`
    # Who it was without saying who: "user:12". It stays when the account is deleted, and the seal covers it.
    actor_ref = models.CharField(max_length=40, blank=True, default="")
    verb = models.CharField(max_length=40)
    asset_id = models.UUIDField(null=True, db_index=True)
    target = models.CharField(max_length=80, blank=True)
    # The person it was done to: then `target` is empty, for what stands there is sealed for ever.
    about_ref = models.CharField(max_length=40, blank=True, default="")
    about_label = _label()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    # The name of the key (dam.audit.seals); empty for events from before there were keys.
    sealed_with = models.CharField(max_length=8, blank=True, default="")

    objects: ClassVar[Events] = Events()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "sequence"], name="event_sequence_once")]
        indexes = [
            models.Index(fields=["brand", "-sequence"], name="event_newest"),
            # The filters of the log (dam/audit/search.py).
            models.Index(fields=["brand", "actor", "-sequence"], name="event_person"),
            models.Index(fields=["brand", "verb", "-sequence"], name="event_verb"),
            models.Index(fields=["brand", "at"], name="event_at"),
            models.Index(
                fields=["about_label"], name="event_about", condition=models.Q(about_label__isnull=False)
            ),
            GinIndex(OpClass(Upper("target"), name="gin_trgm_ops"), name="event_target"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target or self.about_ref}"

    @property
    def actor_name(self) -> str:
        """Who did it, to be shown: the name they had then, or a pseudonym once it was erased."""
        if self.actor_label is not None:
            return str(self.actor_label)
        if self.actor is not None and self.actor.erased_at:
            return pseudonyms.of_person(self.actor.pk)
        return self.sealed_name

    @property
    def subject(self) -> str:
        """What or whom it was done to, to be shown."""
        return str(self.about_label) if self.about_label is not None else self.target


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
