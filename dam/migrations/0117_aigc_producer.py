"""A brand's code as a producer in China. An older release of the product writes no such field."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0116_reviewer_disclosure"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="brand",
            name="aigc_producer",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
