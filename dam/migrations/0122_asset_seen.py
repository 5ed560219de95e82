"""What decides whether a clip is seen, beside its key: of thousands that filters leave no row is read for it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("dam", "0121_brand_watermarks")]

    operations = [
        # Half built where this was interrupted.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS asset_seen", reverse_sql=migrations.RunSQL.noop),
        AddIndexConcurrently(
            "asset",
            models.Index(
                fields=["id"],
                include=["brand", "created_at", "latest", "released", "trashed_at"],
                name="asset_seen",
            ),
        ),
    ]
