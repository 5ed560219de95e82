"""What the sender of an upload says its bytes come to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0090_missing_of_old"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="sha256",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
    ]
