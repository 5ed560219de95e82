"""Timestamps of the ledger."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0121_brand_watermarks"),
        ("provenance", "0049_watermarks"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="LedgerStamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entries", models.PositiveBigIntegerField()),
                ("head", models.CharField(max_length=64)),
                ("events", models.PositiveBigIntegerField()),
                ("log_head", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("authority", models.CharField(max_length=200)),
                ("response", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "brand",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "entries"), name="ledger_stamp_once")
                ],
            },
        ),
    ]
