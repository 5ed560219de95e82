"""Generators that are fetched from the hub, and the one that a brand's briefs begin with."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

BELONG = """
ALTER TABLE generation_modelfetch ADD CONSTRAINT generation_modelfetch_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE generation_modelfetch ADD CONSTRAINT generation_modelfetch_asked_by FOREIGN KEY (asked_by_id)
    REFERENCES dam_user ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE generation_defaultgenerator ADD CONSTRAINT generation_defaultgenerator_brand
    FOREIGN KEY (brand_id) REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0120_inherited_model_licences"),
        ("generation", "0012_made_with"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="generationjob",
            name="generator",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.CreateModel(
            name="DefaultGenerator",
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
                ("weights_sha256", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="ModelFetch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("repository", models.CharField(max_length=200)),
                ("revision", models.CharField(blank=True, max_length=100)),
                ("licence", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a worker"),
                            ("fetching", "Downloading"),
                            ("checking", "Checking"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("done_bytes", models.PositiveBigIntegerField(default=0)),
                ("total_bytes", models.PositiveBigIntegerField(default=0)),
                ("weights_sha256", models.CharField(blank=True, max_length=64)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("held_until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                "indexes": [models.Index(fields=["repository", "-asked_at"], name="model_fetch_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "fetching", "checking"])),
                        fields=("repository",),
                        name="model_fetch_open_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
    ]
