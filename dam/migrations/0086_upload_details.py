"""What is said of a file while it is on its way, and of its origin once it is a version."""

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
