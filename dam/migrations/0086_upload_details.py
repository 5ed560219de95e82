"""What is said of a file while it is on its way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0085_content_of_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="details",
            field=models.JSONField(blank=True, default=dict, db_default={}),
        ),
    ]
