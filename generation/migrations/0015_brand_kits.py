"""What a brand adds to prompts, and what of it each take had."""

import django.db.models.deletion
from django.db import migrations, models

BELONG = """
ALTER TABLE generation_brandkit ADD CONSTRAINT generation_brandkit_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0120_inherited_model_licences"),
        ("generation", "0014_version_notes"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="generationjob",
            name="kit",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.CreateModel(
            name="BrandKit",
            fields=[
                (
                    "brand",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="dam.brand",
                    ),
                ),
                ("prefix", models.TextField(blank=True)),
                ("suffix", models.TextField(blank=True)),
                ("negative", models.TextField(blank=True)),
                ("palette", models.JSONField(default=list)),
                ("presets", models.JSONField(default=list)),
                ("references", models.JSONField(default=list)),
                ("revision", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
    ]
