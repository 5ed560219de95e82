"""Whether a brand's takes and download formats get an invisible watermark: not in those from before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0120_inherited_model_licences")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="brand",
            name="watermarks",
            field=models.BooleanField(db_default=False, default=True),
        ),
    ]
