"""A clip may take bytes that another has as its next version: their file is stored once all the same.

The index stands before the constraint goes, and is built beside the work.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("dam", "0084_steps_again"),
    ]

    operations = [
        # Half built where this was interrupted.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS version_content", reverse_sql=migrations.RunSQL.noop
        ),
        AddIndexConcurrently("version", models.Index(fields=["brand", "sha256"], name="version_content")),
        migrations.RemoveConstraint("version", "version_file_once_in_brand"),
    ]
