"""Approving several clips of a set at once; the database lets what was opened go with its review."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# An older process deletes reviews without knowing of this table.
GO_ALONG = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION provenance_openings_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM provenance_reviewopening WHERE review_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_openings_of_review AFTER DELETE ON provenance_review REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_openings_go();
"""
STAY_BEHIND = """
SET LOCAL lock_timeout = '5s';
DROP FUNCTION provenance_openings_go CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0040_known_by_pictures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="review",
            name="together",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="reviewtemplate",
            name="together",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="ReviewOpening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.PositiveSmallIntegerField()),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "review",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="provenance.review",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("review", "stage", "user"), name="review_opened_once")
                ],
            },
        ),
        migrations.RunSQL(GO_ALONG, STAY_BEHIND),
    ]
