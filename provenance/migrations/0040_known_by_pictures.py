"""Releases and downloads are found by their pictures, from indexes that are built beside the work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

TABLES = {"release": "release_pictures", "presetfile": "preset_file_pictures"}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("provenance", "0039_pictures_of_releases")]

    operations = [
        operation
        for table, name in TABLES.items()
        for operation in (
            # Half built where this was interrupted.
            migrations.RunSQL(
                f"DROP INDEX CONCURRENTLY IF EXISTS {name}", reverse_sql=migrations.RunSQL.noop
            ),
            AddIndexConcurrently(
                table,
                models.Index(fields=["pictures_sha256"], name=name, condition=~models.Q(pictures_sha256="")),
            ),
        )
    ]
