from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0079_filter_rows_of_old"),
    ]

    operations = [
        migrations.AddField(
            model_name="version",
            name="poster_frame",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
