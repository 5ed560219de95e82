"""What changed with a version, in the words of who added it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0122_asset_seen")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="version",
            name="note",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
