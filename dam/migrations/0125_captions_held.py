"""While a legal hold stands on a clip the database deletes no captions of it, whoever asks."""

from django.db import migrations

REFUSE = """
CREATE TRIGGER dam_captiontrack_held BEFORE DELETE ON dam_captiontrack
    FOR EACH ROW EXECUTE FUNCTION dam_refuse_while_held('version');
"""


class Migration(migrations.Migration):
    dependencies = [("dam", "0124_captions")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RunSQL(REFUSE, "DROP TRIGGER dam_captiontrack_held ON dam_captiontrack"),
    ]
