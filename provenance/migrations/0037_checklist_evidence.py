"""Whether a question of a checklist asks for evidence."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0036_review_sets"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="checklistquestion",
            name="evidence",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
    ]
