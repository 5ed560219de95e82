"""What changed is found by a plan for as many rows as there are.

How many rows a trigger's tables have is remembered with the first statement of a connection: a plan for one
row compared each of the 20,000 clips that a source ends with each other one. EXECUTE looks anew.
"""

from django.db import migrations

ANEW = """
CREATE OR REPLACE FUNCTION dam_keep_ends_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys uuid[];
BEGIN
    EXECUTE 'SELECT array_agg(now.version_id ORDER BY now.version_id)
        FROM was JOIN now USING (version_id) WHERE was.valid_until IS DISTINCT FROM now.valid_until' INTO keys;
    IF keys IS NOT NULL THEN
        PERFORM dam_keep_ends(keys);
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION dam_keep_ends(uuid[]) SET plan_cache_mode = force_custom_plan;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0104_reminder_days"),
    ]

    operations = [
        migrations.RunSQL(ANEW, "ALTER FUNCTION dam_keep_ends(uuid[]) RESET plan_cache_mode"),
    ]
