"""What a reviewer's player has played of a clip that can be approved together with others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("provenance", "0060_remarks_corrected")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("reviewopening", "played", models.JSONField(null=True)),
    ]
