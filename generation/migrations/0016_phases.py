"""What the worker that has a take is doing, and whether its latents are decoded in tiles."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0015_brand_kits")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="generationjob",
            name="phase",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="generationjob",
            name="tiled",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
