"""Clips made once more to be compared. The database itself follows what is deleted, also by an older process."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

BELONG = """
ALTER TABLE generation_reproduction ADD CONSTRAINT generation_reproduction_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE generation_reproduction ADD CONSTRAINT generation_reproduction_version FOREIGN KEY (version_id)
    REFERENCES dam_version ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE generation_reproduction ADD CONSTRAINT generation_reproduction_job FOREIGN KEY (job_id)
    REFERENCES generation_generationjob ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0113_consent_ends"),
        ("generation", "0010_machine_time"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="generationjob",
            name="made_with",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.CreateModel(
            name="Reproduction",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("verdict", models.CharField(blank=True, max_length=12)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("figures", models.JSONField(default=dict)),
                ("then", models.JSONField(default=dict)),
                ("now", models.JSONField(default=dict)),
                ("step", models.PositiveSmallIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("interruptions", models.PositiveSmallIntegerField(default=0)),
                ("sends", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("cancel_requested_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("progressed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
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
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="generation.generationjob",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dam.version",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["version", "-created_at", "-id"], name="reproduction_newest"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["created_at"],
                        name="reproduction_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=("version",),
                        name="reproduction_open_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
    ]
