"""When somebody from outside was told by mail of a recall."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0031_recalls_of_ended"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", "SET LOCAL lock_timeout = '5s'"),
        migrations.AddField(
            model_name="recallnotice",
            name="mail_tried_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="recallnotice",
            name="mailed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="recallnotice",
            index=models.Index(
                condition=models.Q(("mailed_at", None), ("reference__startswith", "guest_link:")),
                fields=["id"],
                name="recall_notice_to_mail",
            ),
        ),
    ]
