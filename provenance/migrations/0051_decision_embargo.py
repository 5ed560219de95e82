"""The first day of use that an approval grants."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("provenance", "0050_ledger_stamps")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("decision", "embargo_until", models.DateTimeField(blank=True, null=True)),
    ]
