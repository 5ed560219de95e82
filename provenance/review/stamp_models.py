"""Timestamps of the ledger, re-exported by provenance.models."""

from django.db import models
from django.utils import timezone

from dam.accounts.models import Brand


class LedgerStamp(models.Model):
    """An authority's word for how far a brand's ledger and activity log had come (review.ledger_stamps).

    `response` is base64: as text it goes with the brand's export, whose readers have no other proof.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False)
    entries = models.PositiveBigIntegerField()  # of the ledger, and the hash of the last
    head = models.CharField(max_length=64)
    events = models.PositiveBigIntegerField()  # of the activity log, and the hash of the last
    log_head = models.CharField(max_length=64)
    at = models.DateTimeField()  # the authority's time
    authority = models.CharField(max_length=200)
    response = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "entries"], name="ledger_stamp_once")]

    def __str__(self) -> str:
        return f"{self.entries} entries, {self.at}"
