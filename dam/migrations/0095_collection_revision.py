"""How often a collection was changed: a page knows which state it shows, whoever changed it last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0094_collection_changed_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="collection",
            name="revision",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="collection",
            name="others_revision",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
