"""What the next version that a take becomes is to say of itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0013_model_fetches")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="generationjob",
            name="note",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
