"""Captions of versions, and what they say among the texts that search finds.

They go with their version by the database itself: a process of the release before may delete that.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

BELONG = """
ALTER TABLE dam_captiontrack ADD CONSTRAINT dam_captiontrack_version FOREIGN KEY (version_id)
    REFERENCES dam_version ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_captiontrack ADD CONSTRAINT dam_captiontrack_changed_by FOREIGN KEY (changed_by_id)
    REFERENCES dam_user ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0123_version_notes"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="timedtext",
            name="kind",
            field=models.CharField(
                choices=[
                    ("spoken", "Spoken"),
                    ("written", "Written in the picture"),
                    ("caption", "Said, as captions have it"),
                ],
                max_length=7,
            ),
        ),
        migrations.CreateModel(
            name="CaptionTrack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=35)),
                ("label", models.CharField(blank=True, max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("captions", "Captions, with sounds"), ("subtitles", "Subtitles")],
                        default="subtitles",
                        max_length=9,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("uploaded", "Uploaded"), ("recognised", "From the transcript")],
                        max_length=10,
                    ),
                ),
                ("cues", models.JSONField()),
                ("revision", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="captions",
                        to="dam.version",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)),
                        fields=("version", "language"),
                        name="caption_track_of_language",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", False)),
                        fields=("version", "language"),
                        name="caption_track_removed_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
    ]
