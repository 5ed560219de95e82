"""Timestamps of releases; the database lets them go with their release."""

import django.db.models.deletion
from django.db import migrations, models

# An older process deletes a brand's releases without knowing of this table.
GO_ALONG = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION provenance_timestamps_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM provenance_releasetimestamp WHERE release_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_timestamps_of_release AFTER DELETE ON provenance_release REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_timestamps_go();
"""
STAY_BEHIND = """
SET LOCAL lock_timeout = '5s';
DROP FUNCTION provenance_timestamps_go CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0044_recall_links_sent")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="ReleaseTimestamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(null=True)),
                ("authority", models.CharField(blank=True, max_length=200)),
                ("response", models.BinaryField(null=True)),
                ("problem", models.TextField(blank=True)),
                ("tried_at", models.DateTimeField()),
                ("given_up", models.BooleanField(default=False)),
                (
                    "release",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="timestamp",
                        to="provenance.release",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(at=None, given_up=False),
                        fields=["tried_at"],
                        name="timestamp_waiting",
                    )
                ],
            },
        ),
        migrations.RunSQL(GO_ALONG, STAY_BEHIND),
    ]
