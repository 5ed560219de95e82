"""A release is no rendition any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0007_api_tokens_and_share_links"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rendition",
            name="kind",
            field=models.CharField(
                choices=[("poster", "Poster"), ("sprite", "Sprite"), ("proxy", "Review proxy")], max_length=10
            ),
        ),
    ]
