"""What the clips there are already lack. Written a batch at a time: nobody waits for all of it."""

from django.db import migrations

BATCH = 5_000
NEXT = "SELECT asset_id FROM dam_filterrow WHERE asset_id > %s ORDER BY asset_id LIMIT %s"


def fill(apps, schema_editor):
    """All rows anew, a batch at a time: nobody who writes waits for more than that."""
    reached = "00000000-0000-0000-0000-000000000000"
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(NEXT, [reached, BATCH])
            keys = [row[0] for row in cursor.fetchall()]
            if not keys:
                break
            cursor.execute("SELECT dam_filter_refresh(%s::uuid[])", [keys])
            reached = keys[-1]
        cursor.execute("ANALYZE dam_filterrow")


class Migration(migrations.Migration):
    # Each batch is kept when it is done; interrupted, the migration begins anew.
    atomic = False

    dependencies = [
        ("dam", "0089_missing"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
