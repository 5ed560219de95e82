"""What a reviewer answered about how an AI clip is disclosed, beside the terms of its version."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0107_field_clip_kinds"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="rightsrecord",
            name="disclosure",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="rightsrecord",
            name="disclosure_log",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
