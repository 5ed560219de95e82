"""Which part of a clip stays in the picture where it is cropped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0072_rows_of_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="focus_x",
            field=models.PositiveSmallIntegerField(db_default=500, default=500),
        ),
        migrations.AddField(
            model_name="asset",
            name="focus_y",
            field=models.PositiveSmallIntegerField(db_default=500, default=500),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(("focus_x__lte", 1000), ("focus_y__lte", 1000)), name="asset_focus_inside"
            ),
        ),
    ]
