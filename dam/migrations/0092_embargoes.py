"""Whether a released version is under embargo, from an index of those few that have one: built beside the work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("dam", "0091_upload_sha256")]

    operations = [
        # Half built where this was interrupted.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS rights_embargo_of", reverse_sql=migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            "rightsrecord",
            models.Index(
                fields=["version", "embargo_until"],
                condition=models.Q(embargo_until__isnull=False),
                name="rights_embargo_of",
            ),
        ),
    ]
