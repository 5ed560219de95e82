"""Recalls of what may no longer be used because its clearance ended. An older release opens none of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0107_field_clip_kinds"),
        ("provenance", "0030_reactions"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", "SET LOCAL lock_timeout = '5s'"),
        migrations.AddField(
            model_name="recall",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="recall",
            name="lifted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False), ("lifted_at", None)),
                fields=["id"],
                name="recall_ended_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None), models.Q(("because_of", None), ("review", None)), _connector="OR"
                ),
                name="recall_ended_by_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.UniqueConstraint(fields=("version", "ended_at"), name="recall_ended_once"),
        ),
    ]
