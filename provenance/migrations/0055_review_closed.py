"""What is over, the latest first, from an index that is built beside the work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("provenance", "0054_watermarks_of_deleted_brand")]

    operations = [
        # Half built where this was interrupted.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS review_closed", reverse_sql=migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            "review",
            models.Index(
                fields=["brand", "-closed_at", "id"],
                condition=models.Q(closed_at__isnull=False),
                name="review_closed",
            ),
        ),
    ]
