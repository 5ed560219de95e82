from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0081_list_columns"),
    ]

    operations = [
        migrations.AddField(
            model_name="step",
            name="progress",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="step",
            name="log",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
