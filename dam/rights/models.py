"""What may be done with a version: the terms that rights.policy decides on."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from dam.catalog.models import Version


def worldwide() -> list[str]:
    return ["worldwide"]


class RightsRecord(models.Model):
    """The terms a version was cleared under. Written when a review approves it."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="rights")
    licence = models.CharField(max_length=200, blank=True)
    rights_holder = models.CharField(max_length=200, blank=True)
    uses = models.JSONField(default=list)  # values of rights.policy.Use
    territories = models.JSONField(default=worldwide)  # ISO 3166 codes, "EU" or "worldwide"
    embargo_until = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    restriction = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["embargo_until"],
                condition=models.Q(embargo_until__isnull=False),
                name="rights_embargo",
            ),
            # Asked of each clip that viewers are shown: few have an embargo.
            models.Index(
                fields=["version", "embargo_until"],
                condition=models.Q(embargo_until__isnull=False),
                name="rights_embargo_of",
            ),
            models.Index(
                fields=["valid_until", "version"],
                condition=models.Q(valid_until__isnull=False),
                name="rights_end",
            ),
            # Who asks for a use that few clips are cleared for must not wait until all have been read.
            GinIndex(fields=["uses"], opclasses=["jsonb_path_ops"], name="rights_uses"),
            GinIndex(fields=["territories"], opclasses=["jsonb_path_ops"], name="rights_territories"),
        ]

    def __str__(self) -> str:
        return f"Rights of {self.version}"
