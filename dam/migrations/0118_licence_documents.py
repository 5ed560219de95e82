"""A licence is listed among the consents, with its document and its own end. No column changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0117_aigc_producer"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("licence", "Licence"),
                    ("model", "Model release"),
                    ("voice", "Voice"),
                    ("property", "Property or location"),
                    ("music", "Music"),
                    ("trademark", "Trademark"),
                    ("other", "Other"),
                ],
                max_length=9,
            ),
        ),
    ]
