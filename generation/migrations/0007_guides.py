"""What a take begins with besides words: its mode, sources and settings."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0006_facts_of_the_making"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="generationjob",
            name="mode",
            field=models.CharField(db_default="text", default="text", max_length=12),
        ),
        migrations.AddField(
            model_name="generationjob",
            name="guides",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
