"""Whether releases keep the words of prompts. An older release of the product goes on leaving them in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0130_stopped_terms")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="brand",
            name="release_prompts",
            field=models.CharField(
                choices=[
                    ("keep", "Leave them in"),
                    ("trade_secret", "Take them out, as a trade secret"),
                    ("personal", "Take them out, as personal data"),
                ],
                db_default="keep",
                default="keep",
                max_length=12,
            ),
        ),
    ]
