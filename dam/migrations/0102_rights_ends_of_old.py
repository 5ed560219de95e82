"""The ends of the clearances there are already. Written a batch at a time: nobody waits for all of it."""

from django.db import migrations, transaction

BATCH = 5_000
# Locked in the order in which the triggers do it: own terms, then what is inherited. Who changes either
# meanwhile waits for the batch, or is seen by it.
OWN = """
    SELECT version_id FROM dam_rightsrecord
    WHERE valid_until IS NOT NULL AND version_id > %s ORDER BY version_id LIMIT %s FOR SHARE
"""
INHERITED = """
    SELECT version_id FROM dam_inheritedterms
    WHERE valid_until IS NOT NULL AND version_id > %s ORDER BY version_id LIMIT %s FOR SHARE
"""
OF_BOTH = "SELECT FROM dam_inheritedterms WHERE version_id = ANY (%s) ORDER BY version_id FOR SHARE"


def fill(apps, schema_editor):
    for query in (OWN, INHERITED):
        reached = "00000000-0000-0000-0000-000000000000"
        while reached:
            with transaction.atomic(using=schema_editor.connection.alias):
                reached = _batch(schema_editor.connection, query, reached)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ANALYZE dam_rightsend")


def _batch(connection, query, reached):
    with connection.cursor() as cursor:
        cursor.execute(query, [reached, BATCH])
        keys = [row[0] for row in cursor.fetchall()]
        if not keys:
            return None
        cursor.execute(OF_BOTH, [keys])
        cursor.execute("SELECT dam_keep_ends(%s)", [keys])
        return keys[-1]


class Migration(migrations.Migration):
    # Each batch is kept when it is done; interrupted, the migration begins anew.
    atomic = False

    dependencies = [
        ("dam", "0101_rights_ends"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
