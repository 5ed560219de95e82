"""Models that clips were made with, what was read in their licences, and what that means for each brand.

Rows go with what they name by the database itself: a process of the release before may delete that.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

BELONG = """
ALTER TABLE dam_modelreading ADD CONSTRAINT dam_modelreading_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_modelreading ADD CONSTRAINT dam_modelreading_by FOREIGN KEY (by_id)
    REFERENCES dam_user ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_modelreading ADD CONSTRAINT dam_modelreading_ended_by FOREIGN KEY (ended_by_id)
    REFERENCES dam_user ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_modelstanding ADD CONSTRAINT dam_modelstanding_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_madewith ADD CONSTRAINT dam_madewith_version FOREIGN KEY (version_id)
    REFERENCES dam_version ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_approvedbefore ADD CONSTRAINT dam_approvedbefore_version FOREIGN KEY (version_id)
    REFERENCES dam_version ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
DELETION = django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0118_licence_documents"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="brand",
            name="country",
            field=models.CharField(blank=True, db_default="", default="", max_length=2),
        ),
        migrations.AddField(
            model_name="brand",
            name="revenue",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.CreateModel(
            name="ModelRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weights_sha256", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("version", models.CharField(blank=True, max_length=100)),
                ("family", models.CharField(blank=True, max_length=100)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("revision", models.CharField(blank=True, max_length=100)),
                ("licence", models.CharField(blank=True, max_length=200)),
                ("training", models.TextField(blank=True)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ModelReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cleared", models.BooleanField()),
                ("everywhere", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=DELETION.CASCADE,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=DELETION.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=DELETION.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=DELETION.CASCADE, related_name="readings", to="dam.modelrecord"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("brand__isnull", False), ("ended_at", None)),
                        fields=("model", "brand"),
                        name="model_reading_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("brand", None), ("ended_at", None)),
                        fields=("model",),
                        name="model_reading_of_all_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ModelStanding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stops", models.BooleanField()),
                ("places", models.JSONField(null=True)),
                ("to_spread", models.BooleanField(default=False)),
                ("spread_after", models.BigIntegerField(default=0)),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False, on_delete=DELETION.CASCADE, related_name="+", to="dam.brand"
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=DELETION.CASCADE, related_name="standings", to="dam.modelrecord"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("to_spread", True)),
                        fields=["id"],
                        name="model_standing_to_spread",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "model"), name="model_standing_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MadeWith",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=DELETION.CASCADE,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        db_index=False, on_delete=DELETION.PROTECT, related_name="+", to="dam.modelrecord"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=DELETION.CASCADE,
                        related_name="made_with",
                        to="dam.version",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["model", "brand", "id"], name="made_with_model")],
                "constraints": [models.UniqueConstraint(fields=("version", "model"), name="made_with_once")],
            },
        ),
        migrations.CreateModel(
            name="ApprovedBefore",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=DELETION.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="dam.version",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
    ]
