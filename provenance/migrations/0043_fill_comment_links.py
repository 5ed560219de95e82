"""The links of comments that are there already, some thousand at a time; what comes meanwhile keeps its own."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SLICE = 20_000
FILL = """
    INSERT INTO provenance_commentlink (comment_id, asset_id)
        SELECT said.id, named.asset
        FROM provenance_comment AS said, provenance_links_in(said.body) AS named (asset)
        WHERE said.id > %s AND said.id <= %s AND said.body LIKE '%%/assets/%%'
        FOR KEY SHARE OF said
        ON CONFLICT DO NOTHING
"""


def fill(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Each slice is a transaction of its own: run again after an interruption, it adds what is missing."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM provenance_comment")
        last = cursor.fetchone()[0]
        for start in range(0, last, SLICE):
            cursor.execute(FILL, [start, start + SLICE])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("provenance", "0042_comment_links"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
