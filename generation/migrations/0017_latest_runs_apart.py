"""How long did the latest clips run, and how long the latest pictures: each from an index of its own.

They are built beside the work; the one for both goes when they are there.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KeyTransform


def _latest(name: str, condition: models.Q) -> models.Index:
    return models.Index(
        KeyTransform("name", "model"),
        KeyTransform("version", "model"),
        models.F("finished_at").desc(),
        condition=condition,
        name=name,
    )


def _without_half_built(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", reverse_sql=migrations.RunSQL.noop)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("generation", "0016_phases")]

    operations = [
        _without_half_built("job_latest_clips"),
        AddIndexConcurrently(
            "generationjob", _latest("job_latest_clips", models.Q(~models.Q(frames=1), state="done"))
        ),
        _without_half_built("job_latest_pictures"),
        AddIndexConcurrently(
            "generationjob", _latest("job_latest_pictures", models.Q(frames=1, state="done"))
        ),
        RemoveIndexConcurrently("generationjob", "job_latest_runs"),
    ]
