"""The releases of images wait to be looked at, too; those that are signed meanwhile wait by themselves."""

from django.db import migrations

FILL = """
INSERT INTO provenance_releaseprint (release_id, due_at, attempts, tokens)
    SELECT release.id, now(), 0, '{}' FROM provenance_release AS release
    JOIN dam_version AS version ON version.id = release.version_id
    WHERE release.signed_at IS NOT NULL AND version.kind = 'still'
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0059_carried_over")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
