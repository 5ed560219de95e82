"""Outside reviewers draw on the frame, and comment over a range of frames."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("provenance", "0063_sidecars")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("guestremark", "end_frame", models.PositiveIntegerField(null=True)),
        migrations.AddField("guestremark", "drawing", models.JSONField(null=True)),
    ]
