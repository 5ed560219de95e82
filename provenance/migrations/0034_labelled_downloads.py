"""Which labels of disclosure a download format's finished file shows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0033_absences"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="presetfile",
            name="carries",
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
