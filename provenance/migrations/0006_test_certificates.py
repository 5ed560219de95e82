"""Masters that are trusted because of the development CA alone carry a test certificate: say so."""

from django.db import migrations

FORWARDS = """
UPDATE dam_version SET credentials = 'test'
FROM provenance_manifestrecord AS record
WHERE record.version_id = dam_version.id AND record.release_id IS NULL
  AND dam_version.credentials = 'trusted' AND record.report @> '{"development": true}'
"""
BACKWARDS = "UPDATE dam_version SET credentials = 'trusted' WHERE credentials = 'test'"


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0011_test_certificates"),
        ("provenance", "0005_release_append_only"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
