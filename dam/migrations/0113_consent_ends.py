"""Which end of a consent was told, and an index of the ends to come. An older release tells none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0112_rights_presets"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="consent",
            name="told_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("until__isnull", False), ("withdrawn_at", None)),
                fields=["until", "id"],
                name="consent_end",
            ),
        ),
    ]
