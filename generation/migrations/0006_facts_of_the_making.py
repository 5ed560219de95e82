"""Model, seed and prompt of the clips that were made before a version kept them, some thousand at a time."""

from typing import Any

from django.db import migrations

BATCH = 5000
FILL = """
    UPDATE dam_version AS version SET seed = job.seed, prompt = job.prompt,
        model = left(trim(concat(job.model ->> 'name', ' ', job.model ->> 'version')), 200)
    FROM generation_generationjob AS job
    WHERE job.version_id = version.id AND version.id IN (
        SELECT waiting.version_id FROM generation_generationjob AS waiting
        JOIN dam_version AS made ON made.id = waiting.version_id
        WHERE made.seed IS NULL LIMIT %s
    )
"""


def fill(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FILL, [BATCH])
        while cursor.rowcount:
            cursor.execute(FILL, [BATCH])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("generation", "0005_latest_runs"), ("dam", "0025_search_facts")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
