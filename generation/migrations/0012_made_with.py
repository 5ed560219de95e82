"""Which models made the clips that are there, from the jobs that made them.

What was approved by then stays so, whatever the licence of its model: nobody asked about that (ApprovedBefore).
A licence that is plainly free is judged here; all others as the terms that are known by then say, within the hour.
In parts of some thousand: begun again it goes on.
"""

from django.db import migrations, transaction

FREE = ("apache-2.0", "mit", "bsd-3-clause", "bsd-2-clause", "cc0-1.0", "cc-by-4.0")
AT_ONCE = 2000  # jobs

RECORDS = """
INSERT INTO dam_modelrecord
    (weights_sha256, name, version, family, source, revision, licence, training, first_seen_at)
SELECT DISTINCT ON (model->>'weights_sha256') model->>'weights_sha256',
    left(coalesce(nullif(model->>'name', ''), left(model->>'weights_sha256', 12)), 200),
    left(coalesce(model->>'version', ''), 100), left(coalesce(model->>'pipeline_class', ''), 100), '', '',
    left(coalesce(model->>'licence', ''), 200), '', created_at
FROM generation_generationjob
WHERE version_id IS NOT NULL AND length(model->>'weights_sha256') BETWEEN 1 AND 64
ORDER BY model->>'weights_sha256', created_at
ON CONFLICT DO NOTHING
"""
STANDINGS = """
INSERT INTO dam_modelstanding (brand_id, model_id, stops, places, to_spread, spread_after)
SELECT DISTINCT job.brand_id, record.id, lower(record.licence) <> ALL (%s), NULL::jsonb, false, 0
FROM generation_generationjob AS job JOIN dam_modelrecord AS record
    ON record.weights_sha256 = job.model->>'weights_sha256'
WHERE job.version_id IS NOT NULL
ON CONFLICT DO NOTHING
"""
APPROVED = """
WITH RECURSIVE heir (id) AS (
    SELECT job.version_id FROM generation_generationjob AS job
        JOIN dam_modelrecord AS record ON record.weights_sha256 = job.model->>'weights_sha256'
        JOIN dam_modelstanding AS standing
            ON standing.model_id = record.id AND standing.brand_id = job.brand_id AND standing.stops
        WHERE job.version_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM dam_madewith AS made WHERE made.version_id = job.version_id)
    UNION
    SELECT link.version_id FROM dam_madefrom AS link JOIN heir ON link.source_id = heir.id
)
INSERT INTO dam_approvedbefore (version_id)
SELECT version.id FROM heir JOIN dam_version AS version ON version.id = heir.id
WHERE version.approval = 'approved'
ON CONFLICT DO NOTHING
"""
MADE = """
WITH part AS (
    SELECT id, version_id, brand_id, model->>'weights_sha256' AS weights FROM generation_generationjob
    WHERE id > %s ORDER BY id LIMIT %s
), written AS (
    INSERT INTO dam_madewith (version_id, model_id, brand_id)
    SELECT version_id, record.id, part.brand_id
    FROM part JOIN dam_modelrecord AS record ON record.weights_sha256 = part.weights
    WHERE version_id IS NOT NULL ORDER BY version_id
    ON CONFLICT DO NOTHING
)
SELECT id FROM part ORDER BY id DESC LIMIT 1
"""


def fill(apps, schema_editor):
    connection = schema_editor.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(RECORDS)
        cursor.execute(STANDINGS, [list(FREE)])
        cursor.execute(APPROVED)
    after = "00000000-0000-0000-0000-000000000000"
    while after is not None:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(MADE, [after, AT_ONCE])
            last = cursor.fetchone()
        after = last[0] if last else None


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("dam", "0120_inherited_model_licences"),
        ("generation", "0011_reproductions"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
