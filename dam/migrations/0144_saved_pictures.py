"""Pictures of saved searches. They go with their search by the database itself: a process of the release before
may delete that."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

BELONGS = """
ALTER TABLE dam_savedpicture ADD CONSTRAINT dam_savedpicture_search FOREIGN KEY (search_id)
    REFERENCES dam_savedsearch ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("dam", "0129_data_mining")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="SavedPicture",
            fields=[
                (
                    "search",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="picture",
                        serialize=False,
                        to="dam.savedsearch",
                    ),
                ),
                ("key", models.CharField(db_index=True, max_length=64)),
                (
                    "frames",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), size=None),
                ),
            ],
        ),
        migrations.RunSQL(BELONGS, migrations.RunSQL.noop),
    ]
