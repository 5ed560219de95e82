"""What releases look like; the database lets it go with its release."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# An older process deletes a brand's releases without knowing of this table.
GO_ALONG = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION provenance_prints_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM provenance_releaseprint WHERE release_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_prints_of_release AFTER DELETE ON provenance_release REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_prints_go();
"""
STAY_BEHIND = """
SET LOCAL lock_timeout = '5s';
DROP FUNCTION provenance_prints_go CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0045_release_timestamps"), ("dam", "0118_licence_documents")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="ReleasePrint",
            fields=[
                (
                    "release",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="print",
                        serialize=False,
                        to="provenance.release",
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("content", models.BinaryField(null=True)),
                (
                    "tokens",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["tokens"], name="release_print_tokens"
                    ),
                    models.Index(
                        condition=models.Q(due_at__isnull=False), fields=["release"], name="release_print_due"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GO_ALONG, STAY_BEHIND),
    ]
