"""What a release says of the people who approved it. An older release of the product names their role alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0115_take_limits"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="brand",
            name="reviewer_disclosure",
            field=models.CharField(
                choices=[
                    ("role", "Only their role"),
                    ("pseudonym", "Their role and a pseudonym"),
                    ("name", "Their role and name"),
                ],
                db_default="role",
                default="role",
                max_length=10,
            ),
        ),
    ]
