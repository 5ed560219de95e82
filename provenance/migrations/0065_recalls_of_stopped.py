"""Recalls of what was made from something that is gone, rejected or altered. An older release opens none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("provenance", "0068_release_renewals"), ("dam", "0130_stopped_terms")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("recall", "stopped_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "recall",
            models.CheckConstraint(
                condition=models.Q(
                    ("stopped_at", None),
                    models.Q(("because_of", None), ("ended_at", None), ("review", None)),
                    _connector="OR",
                ),
                name="recall_stopped_by_itself",
            ),
        ),
        migrations.AddConstraint(
            "recall",
            models.UniqueConstraint(
                condition=models.Q(("lifted_at", None), ("stopped_at__isnull", False)),
                fields=("version",),
                name="recall_stopped_once",
            ),
        ),
    ]
