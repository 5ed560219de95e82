from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0031_languages_and_time_zones")]

    operations = [
        migrations.AddField(
            model_name="brand",
            name="requires_second_factor",
            field=models.BooleanField(default=False),
        ),
    ]
