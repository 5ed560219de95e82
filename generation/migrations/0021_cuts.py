"""Cuts of clips. The database itself follows what is deleted, also by an older process."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


BELONG = """
ALTER TABLE generation_cut ADD CONSTRAINT generation_cut_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE generation_cut ADD CONSTRAINT generation_cut_made_by FOREIGN KEY (made_by_id)
    REFERENCES dam_user ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE generation_cut ADD CONSTRAINT generation_cut_version FOREIGN KEY (version_id)
    REFERENCES dam_version ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0129_data_mining"),
        ("generation", "0017_latest_runs_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Cut",
            fields=[
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("interruptions", models.PositiveSmallIntegerField(default=0)),
                ("sends", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("title", models.CharField(max_length=200)),
                ("pieces", models.JSONField(default=list)),
                ("settings", models.JSONField(default=dict)),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("claim", models.CharField(blank=True, max_length=64)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
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
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dam.version",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["brand", "made_by", "-changed_at", "-id"], name="cut_newest"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["due_at"],
                        name="cut_due",
                    ),
                ],
            },
        ),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
    ]
