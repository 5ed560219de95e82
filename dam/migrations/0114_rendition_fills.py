"""Renditions that older clips lack, made brand by brand; they go with their brand, whichever release deletes it."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


BELONGS = """
ALTER TABLE dam_renditionfill ADD CONSTRAINT dam_renditionfill_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0113_consent_ends"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="RenditionFill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "In progress"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                            ("refused", "Ended early"),
                        ],
                        default="making",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("of", models.PositiveIntegerField(null=True)),
                ("asked", models.PositiveIntegerField(default=0)),
                ("last_created_at", models.DateTimeField(null=True)),
                ("last_id", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["brand", "kind", "-started_at"], name="fill_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "making")),
                        fields=("brand", "kind"),
                        name="fill_once_at_a_time",
                    )
                ],
            },
        ),
        migrations.RunSQL(BELONGS, migrations.RunSQL.noop),
    ]
