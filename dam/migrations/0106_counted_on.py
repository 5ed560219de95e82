"""Whether somebody counts on a clip because something in review or approved was made from it, at any remove.

Only what has a link is asked, and it stops at the first that it finds: a clip may be in a million others.
"""

from django.db import migrations

COUNTED_ON = """
CREATE FUNCTION dam_has_decided_ahead(asset uuid) RETURNS boolean LANGUAGE sql STABLE COST 10000 AS $$
    WITH RECURSIVE ahead (id) AS (
        SELECT link.version_id
        FROM dam_version AS version JOIN dam_madefrom AS link ON link.source_id = version.id
        WHERE version.asset_id = asset
        UNION
        SELECT link.version_id FROM ahead JOIN dam_madefrom AS link ON link.source_id = ahead.id
    )
    SELECT EXISTS (
        SELECT FROM ahead CROSS JOIN LATERAL (
            SELECT FROM dam_version AS made
            WHERE made.id = ahead.id AND made.approval IN ('in_review', 'approved') OFFSET 0
        ) AS decided
    )
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0105_plans_of_ends"),
    ]

    operations = [
        migrations.RunSQL(COUNTED_ON, "DROP FUNCTION dam_has_decided_ahead(uuid)"),
    ]
