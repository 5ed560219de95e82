"""What outside reviewers said can be edited and deleted by them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("provenance", "0062_image_release_prints")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("guestremark", "edited_at", models.DateTimeField(null=True)),
        migrations.AddField("guestremark", "deleted_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "guestremark",
            models.Index(
                fields=["deleted_at"],
                name="guest_remark_deleted",
                condition=models.Q(deleted_at__isnull=False),
            ),
        ),
    ]
