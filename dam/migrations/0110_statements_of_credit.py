"""What people state of rights besides licence, holder and restriction. An older release writes none of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0109_consents"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="rightsrecord",
            name="audience",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="rightsrecord",
            name="channels",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="rightsrecord",
            name="credit_line",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="rightsrecord",
            name="exclusivity",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
    ]
