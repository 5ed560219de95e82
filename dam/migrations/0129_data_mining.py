"""What a brand's signed files say about data mining. An older release of the product goes on prohibiting it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0126_collection_places")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="brand",
            name="data_mining",
            field=models.CharField(
                choices=[
                    ("prohibited", "No data mining and no training"),
                    ("no_training", "Data mining, but no training of AI models"),
                    ("allowed", "Data mining and training"),
                ],
                db_default="prohibited",
                default="prohibited",
                max_length=12,
            ),
        ),
    ]
