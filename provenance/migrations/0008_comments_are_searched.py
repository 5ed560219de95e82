"""What comments say is handed down to the search, which builds the words of all versions anew."""

from django.db import migrations

HAND_DOWN = """
INSERT INTO dam_commenttext (version_id, source, text)
SELECT version_id, 'comment ' || id, body FROM provenance_comment ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0007_release_interruptions"), ("dam", "0021_search_documents")]

    operations = [migrations.RunSQL(HAND_DOWN, migrations.RunSQL.noop)]
