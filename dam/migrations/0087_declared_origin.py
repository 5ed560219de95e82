"""What its sender says of where a version comes from.

A table of its own: a worker that takes a file in writes versions first, and then uploads.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0086_upload_details"),
    ]

    operations = [
        migrations.AddField(
            model_name="version",
            name="declared_origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("generated", "AI-generated"),
                    ("partly_generated", "Partly AI-generated"),
                    ("camera", "Recorded by a camera"),
                    ("software", "Created by a person with software"),
                    ("composite", "Composed from several sources"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
    ]
