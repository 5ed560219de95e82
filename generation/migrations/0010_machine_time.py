"""What takes used of machines, month by month. The database follows deletions, by an older process too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


BELONG = """
ALTER TABLE generation_machinetime ADD CONSTRAINT generation_machinetime_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE generation_machinetime ADD CONSTRAINT generation_machinetime_user FOREIGN KEY (user_id)
    REFERENCES dam_user ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0115_take_limits"),
        ("generation", "0009_prompt_batches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="MachineTime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("seconds", models.FloatField(default=0.0)),
                ("takes", models.PositiveIntegerField(default=0)),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "month", "user"), name="machine_time_once")
                ],
            },
        ),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
    ]
