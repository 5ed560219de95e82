"""Collections inside another have an order by hand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0125_captions_held")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="collection",
            name="place",
            field=models.CharField(blank=True, db_collation="C", db_default="", default="", max_length=64),
        ),
    ]
