"""A still is neither with sound nor without.

What the database works out can't be changed, only made anew: it writes the versions once more, in one go.
"""

import django.db.models.fields.json
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0076_undone_in_part"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="version", name="version_has_sound"),
        migrations.RemoveField(model_name="version", name="has_sound"),
        migrations.AddField(
            model_name="version",
            name="has_sound",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(kind="still", then=None),
                    models.When(
                        django.db.models.lookups.IsNull(
                            django.db.models.fields.json.KeyTextTransform("container", "media_info"), True
                        ),
                        then=None,
                    ),
                    models.When(
                        django.db.models.lookups.IsNull(
                            django.db.models.fields.json.KeyTextTransform("audio_index", "media_info"), True
                        ),
                        then=models.Value(False),
                    ),
                    default=models.Value(True),
                ),
                output_field=models.BooleanField(null=True),
            ),
        ),
        migrations.AddIndex(
            model_name="version",
            index=models.Index(fields=["brand", "has_sound"], name="version_has_sound"),
        ),
    ]
