"""The days of a campaign, and the cover that was chosen for a collection."""

import django.db.models.deletion
from django.db import migrations, models

# A cover goes with its clip, whoever deletes it: a process of the release before knows nothing of covers.
BELONGS = """
ALTER TABLE dam_collection ADD CONSTRAINT dam_collection_cover FOREIGN KEY (cover_id) REFERENCES dam_asset
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0087_declared_origin"),
    ]

    operations = [
        migrations.AddField(
            model_name="collection",
            name="cover",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="dam.asset",
            ),
        ),
        migrations.RunSQL(BELONGS, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="collection",
            name="ends_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="collection",
            name="starts_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="collection",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="collection_ends_after_start",
            ),
        ),
    ]
