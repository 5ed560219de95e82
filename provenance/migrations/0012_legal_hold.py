"""Reviews, comments, releases and manifest records stay while their clip is under legal hold."""

from django.db import migrations

TABLES = {
    "provenance_review": "version",
    "provenance_comment": "version",
    "provenance_manifestrecord": "version",
    "provenance_release": "asset",
}
REFUSE = "\n".join(
    f"CREATE TRIGGER {table}_held BEFORE DELETE ON {table}"
    f" FOR EACH ROW EXECUTE FUNCTION dam_refuse_while_held('{leads}');"
    for table, leads in TABLES.items()
)
ALLOW = "\n".join(f"DROP TRIGGER {table}_held ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("provenance", "0011_release_of_deleted_brand"), ("dam", "0054_legal_hold")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
