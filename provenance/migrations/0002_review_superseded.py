"""A newer version ends the open review of the one before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="review",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("approved", "Approved"),
                    ("changes_requested", "Changes requested"),
                    ("rejected", "Rejected"),
                    ("withdrawn", "Withdrawn"),
                    ("revoked", "Approval withdrawn"),
                    ("superseded", "Replaced by a newer version"),
                ],
                default="open",
                max_length=20,
            ),
        ),
    ]
