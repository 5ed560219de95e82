"""The ledger's trigger reads the ledger, and no temporary table of its name that a session made for itself."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0017_decision_ledger"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION provenance_ledger_append() SET search_path = public, pg_temp",
            "ALTER FUNCTION provenance_ledger_append() RESET search_path",
        ),
    ]
