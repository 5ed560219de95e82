"""Manifests of releases are found by their name: by an index that is built beside the work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("provenance", "0051_decision_embargo")]

    operations = [
        # Half built where this was interrupted.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS manifest_of_release", reverse_sql=migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            "manifestrecord",
            models.Index(
                models.Func(
                    models.F("report"),
                    models.Value("raw"),
                    models.Value("active_manifest"),
                    function="jsonb_extract_path_text",
                    output_field=models.TextField(),
                ),
                name="manifest_of_release",
                condition=models.Q(release__isnull=False),
            ),
        ),
    ]
