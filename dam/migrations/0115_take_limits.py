"""Limits of machine time for takes. An older release knows none and keeps to none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0114_rendition_fills"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="brand",
            name="person_take_minutes",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="brand",
            name="take_minutes",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
