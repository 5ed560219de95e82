"""The embeddings of earlier releases move to their encoder's partition, with a pooled one for each version.

In steps of some versions, each a transaction of its own; interrupted, it goes on where it was.
"""

from django.db import migrations
from django.utils import timezone

VERSIONS = 1000

ENCODERS = """
SELECT encoder, count(DISTINCT version_id), min(vector_dims(vector)) FROM dam_embedding_before
GROUP BY encoder ORDER BY 2 DESC, 1
"""
# Searches go on with the encoder that has seen most; any other is finished or dropped by the workers.
INDEX = """
INSERT INTO dam_encoderindex
    (identity, label, folder, dimensions, state, started_at, finished_at, total, done, passes, tried, failed)
VALUES (%s, '', '', %s, %s, %s, %s, 0, 0, 0, 0, 0) ON CONFLICT (identity) DO NOTHING
"""
NEXT = """
SELECT max(version_id::text)::uuid FROM (
    SELECT DISTINCT version_id FROM dam_embedding_before
    WHERE encoder = %s AND version_id > %s ORDER BY version_id LIMIT %s
) AS next
"""
FRAMES = """
INSERT INTO dam_embedding (version_id, brand_id, frame, start_ms, end_ms, encoder_id, scope, shot, vector)
SELECT old.version_id, version.brand_id, old.frame, old.time_ms,
    greatest(old.time_ms, coalesce(
        lead(old.time_ms) OVER (PARTITION BY old.version_id ORDER BY old.frame), version.duration_ms, 0
    )), %(index)s, 0, 0, old.vector::halfvec
FROM dam_embedding_before AS old JOIN dam_version AS version ON version.id = old.version_id
WHERE old.encoder = %(encoder)s AND old.version_id > %(after)s AND old.version_id <= %(last)s
AND vector_dims(old.vector) = %(dimensions)s AND old.time_ms < 2000000000
ON CONFLICT DO NOTHING
"""
POOLED = """
INSERT INTO dam_embedding (version_id, brand_id, frame, start_ms, end_ms, encoder_id, scope, shot, vector)
SELECT version_id, brand_id, min(frame), 0, max(end_ms), %(index)s, 2, 0, l2_normalize(avg(vector))
FROM dam_embedding
WHERE encoder_id = %(index)s AND scope = 0 AND version_id > %(after)s AND version_id <= %(last)s
GROUP BY version_id, brand_id
ON CONFLICT DO NOTHING
"""
NONE = "00000000-0000-0000-0000-000000000000"


def move(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('dam_embedding_before') IS NULL")
        if cursor.fetchone()[0]:
            return  # it was interrupted when all was done
        cursor.execute(ENCODERS)
        state, now = "active", timezone.now()
        for encoder, _, dimensions in cursor.fetchall():
            finished = now if state == "active" else None
            cursor.execute(INDEX, [encoder, dimensions, state, now, finished])
            cursor.execute("SELECT id FROM dam_encoderindex WHERE identity = %s", [encoder])
            (index,) = cursor.fetchone()
            cursor.execute("SELECT dam_open_encoder_index(%s)", [index])
            move_one(cursor, encoder=encoder, index=index, dimensions=dimensions)
            cursor.execute("SELECT dam_draw_encoder_index(%s)", [index])
            state = "building"
        cursor.execute("DROP TABLE dam_embedding_before")


def move_one(cursor, **of):
    after = NONE
    while True:
        cursor.execute(NEXT, [of["encoder"], after, VERSIONS])
        (last,) = cursor.fetchone()
        if last is None:
            return
        for statement in (FRAMES, POOLED):
            cursor.execute(statement, {**of, "after": after, "last": last})
        after = last


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dam", "0022_encoder_indexes")]

    operations = [migrations.RunPython(move)]
