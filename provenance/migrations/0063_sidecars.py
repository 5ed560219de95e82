"""Content Credentials beside files that have no place for them; the database lets them go with their release."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# An older process deletes a brand's releases, or a version's captions, without knowing of this table.
BELONG = """
ALTER TABLE provenance_sidecar ADD CONSTRAINT provenance_sidecar_release FOREIGN KEY (release_id)
    REFERENCES provenance_release ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE provenance_sidecar ADD CONSTRAINT provenance_sidecar_track FOREIGN KEY (track_id)
    REFERENCES dam_captiontrack ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0061_played_of_sets"), ("dam", "0124_captions")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Sidecar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sidecars",
                        to="provenance.release",
                    ),
                ),
                (
                    "track",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dam.captiontrack",
                    ),
                ),
                ("form", models.CharField(blank=True, max_length=4)),
                ("revision", models.PositiveIntegerField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("content", models.BinaryField(null=True)),
                ("problem", models.TextField(blank=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("tried_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sha256", ""), _negated=True),
                        fields=["sha256"],
                        name="sidecar_bytes",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("track__isnull", False)),
                        fields=("release", "track", "form"),
                        name="sidecar_of_captions_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("track", None)),
                        fields=("release", "sha256"),
                        name="sidecar_of_file_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
    ]
