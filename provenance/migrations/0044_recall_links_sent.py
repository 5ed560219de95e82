"""When a link to confirm was mailed. An older release mails none, so nobody is waited for on its account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("provenance", "0043_fill_comment_links")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="recallnotice",
            name="link_sent_at",
            field=models.DateTimeField(null=True),
        ),
    ]
