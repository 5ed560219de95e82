"""Many prompts at once. The database itself follows what is deleted, also by an older process."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

BELONG = """
ALTER TABLE generation_promptbatch ADD CONSTRAINT generation_promptbatch_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE generation_batchline ADD CONSTRAINT generation_batchline_batch FOREIGN KEY (batch_id)
    REFERENCES generation_promptbatch ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE generation_batchline ADD CONSTRAINT generation_batchline_job FOREIGN KEY (job_id)
    REFERENCES generation_generationjob ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0113_consent_ends"),
        ("generation", "0008_prompt_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="PromptBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=120)),
                ("settings", models.JSONField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("fed_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
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
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BatchLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("prompt", models.TextField()),
                ("seed", models.PositiveBigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "job",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="generation.generationjob",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="generation.promptbatch",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddIndex(
            model_name="promptbatch",
            index=models.Index(fields=["brand", "-created_at", "-id"], name="prompt_batch_newest"),
        ),
        migrations.AddIndex(
            model_name="promptbatch",
            index=models.Index(
                condition=models.Q(("fed_at", None), ("stopped_at", None)),
                fields=["created_at"],
                name="prompt_batch_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchline",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="batch_line_once"),
        ),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
    ]
