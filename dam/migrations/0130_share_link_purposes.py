"""Share links say what they are for: a use and a territory, asked of each file that a guest takes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0138_release_prompts")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            "sharelink", "use", models.CharField(blank=True, db_default="", default="", max_length=20)
        ),
        migrations.AddField(
            "sharelink", "territory", models.CharField(blank=True, db_default="", default="", max_length=20)
        ),
    ]
