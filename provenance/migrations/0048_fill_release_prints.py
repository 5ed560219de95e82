"""The releases that are there wait to be looked at; what is signed meanwhile waits by itself."""

from django.db import migrations

FILL = """
INSERT INTO provenance_releaseprint (release_id, due_at, attempts, tokens)
    SELECT release.id, now(), 0, '{}' FROM provenance_release AS release
    JOIN dam_version AS version ON version.id = release.version_id
    WHERE release.signed_at IS NOT NULL AND version.kind = 'video'
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0047_release_prints")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
