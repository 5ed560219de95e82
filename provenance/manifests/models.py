"""What was read from a file's manifest store, kept so that pages need not read the file again."""

from django.db import models

from dam.models import Version

# The name of the file's newest manifest, as the report has it.
NEWEST = models.Func(
    models.F("report"),
    models.Value("raw"),
    models.Value("active_manifest"),
    function="jsonb_extract_path_text",
    output_field=models.TextField(),
)


class ManifestRecord(models.Model):
    """The report of one verification (provenance.manifests.verify.Report as JSON)."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="manifest_records")
    # Empty for the version's master; set for the file of one of its releases.
    release = models.OneToOneField(
        "provenance.Release", null=True, on_delete=models.PROTECT, related_name="manifest_record"
    )
    sha256 = models.CharField(max_length=64)  # of the file that was read
    state = models.CharField(max_length=12)  # validation_codes.State
    report = models.JSONField()
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(release=None), name="manifest_record_once_for_master"
            )
        ]
        indexes = [
            models.Index(NEWEST, name="manifest_of_release", condition=models.Q(release__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.version}"
