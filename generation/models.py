"""A generation job: a prompt on its way to becoming an asset."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.models import Brand, Version


class JobState(models.TextChoices):
    REQUESTED = "requested", "Waiting for a worker"
    GENERATING = "generating", "Generating"
    SIGNING = "signing", "Encoding and signing"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class GenerationJob(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="jobs")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prompt = models.TextField()
    negative_prompt = models.TextField(blank=True)
    seed = models.PositiveBigIntegerField()
    frames = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    rate_numerator = models.PositiveIntegerField()
    rate_denominator = models.PositiveIntegerField(default=1)
    steps = models.PositiveSmallIntegerField()
    guidance = models.FloatField()
    # generators.base.ModelIdentity and Understanding, as they were when the job ran.
    model = models.JSONField(default=dict)
    understood = models.JSONField(default=dict)

    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.REQUESTED)
    reason = models.CharField(max_length=300, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    progressed_at = models.DateTimeField(null=True)  # the worker's sign of life
    finished_at = models.DateTimeField(null=True)
    version = models.OneToOneField(Version, null=True, on_delete=models.SET_NULL, related_name="job")

    class Meta:
        indexes = [models.Index(fields=["brand", "-created_at"], name="job_newest")]

    def __str__(self) -> str:
        return f"{self.prompt[:60]} (seed {self.seed})"
