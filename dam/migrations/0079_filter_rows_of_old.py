"""What filters ask of the clips there are already. Written a batch at a time: nobody waits for all of it."""

from django.db import migrations

BATCH = 5_000
NEXT = """
    WITH batch AS (SELECT id FROM dam_asset WHERE id > %s ORDER BY id LIMIT %s FOR KEY SHARE),
        made AS (
            INSERT INTO dam_filterrow (asset_id, tags, latest, released)
            SELECT id, '{}', '{}', '{}' FROM batch ON CONFLICT DO NOTHING
        )
    SELECT array_agg(id ORDER BY id) FROM batch
"""


def fill(apps, schema_editor):
    """Of assets there are already, a batch at a time: nobody who writes waits for more than that.

    Who deletes a clip meanwhile waits for its row, and takes it along.
    """
    reached = "00000000-0000-0000-0000-000000000000"
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(NEXT, [reached, BATCH])
            keys = cursor.fetchone()[0]
            if not keys:
                break
            cursor.execute("SELECT dam_filter_refresh(%s::uuid[])", [keys])
            reached = keys[-1]
        cursor.execute("ANALYZE dam_filterrow")


class Migration(migrations.Migration):
    # Each batch is kept when it is done; interrupted, the migration begins anew.
    atomic = False

    dependencies = [
        ("dam", "0078_filter_rows"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
