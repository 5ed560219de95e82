"""Download presets, and the files made by them, which are among the running facts of what is stored."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


FOLLOW = """
CREATE FUNCTION provenance_stored_preset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dam_storedchange (brand_id, kind, files, bytes) VALUES (
        COALESCE(NEW.brand_id, OLD.brand_id), 'preset',
        (COALESCE(NEW.storage_key, '') <> '')::int - (COALESCE(OLD.storage_key, '') <> '')::int,
        CASE WHEN COALESCE(NEW.storage_key, '') <> '' THEN COALESCE(NEW.size, 0) ELSE 0 END
        - CASE WHEN COALESCE(OLD.storage_key, '') <> '' THEN COALESCE(OLD.size, 0) ELSE 0 END
    );
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_stored_preset_changed AFTER UPDATE OF storage_key ON provenance_presetfile
    FOR EACH ROW WHEN (OLD.storage_key <> NEW.storage_key) EXECUTE FUNCTION provenance_stored_preset();
CREATE TRIGGER provenance_stored_preset_gone AFTER DELETE ON provenance_presetfile
    FOR EACH ROW WHEN (OLD.storage_key <> '') EXECUTE FUNCTION provenance_stored_preset();
"""
FORGET = """
DROP FUNCTION provenance_stored_preset CASCADE;
DELETE FROM dam_storedfiles WHERE kind = 'preset';
DELETE FROM dam_storedchange WHERE kind = 'preset';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0073_focus_point"),
        ("provenance", "0014_comment_drawing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DownloadPreset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("shipped", models.CharField(blank=True, max_length=20)),
                ("recipe", models.JSONField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="download_presets",
                        to="dam.brand",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("brand", "name"),
                        name="preset_name_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("shipped", ""), _negated=True),
                        fields=("brand", "shipped"),
                        name="preset_shipped_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PresetFile",
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
                ("preset", models.CharField(max_length=60)),
                ("recipe", models.JSONField()),
                ("focus_x", models.PositiveSmallIntegerField(default=500)),
                ("focus_y", models.PositiveSmallIntegerField(default=500)),
                ("frame", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("cleared", "Cleared"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("log", models.TextField(blank=True)),
                ("claim", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("content_type", models.CharField(blank=True, max_length=60)),
                ("storage_key", models.CharField(blank=True, max_length=200)),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                ("loudness", models.FloatField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dam.brand"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preset_files",
                        to="provenance.release",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dam.version"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["storage_key"], name="preset_file_key"),
                    models.Index(fields=["sha256"], name="preset_file_bytes"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["due_at"],
                        name="preset_file_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["brand", "user", "created_at"],
                        name="preset_file_turn",
                    ),
                    models.Index(
                        condition=models.Q(("state", "ready")), fields=["used_at"], name="preset_file_used"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running", "ready"])),
                        fields=("release", "digest"),
                        name="preset_file_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                models.Q(("sha256", ""), _negated=True),
                                models.Q(("storage_key", ""), _negated=True),
                                ("size__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="preset_file_ready_or_not",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FOLLOW, FORGET),
    ]
