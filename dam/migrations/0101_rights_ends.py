"""When a version's clearance ends with all that it was made from, kept by the database itself.

A list of what ends next, over a million clips, reads one index; own ends and inherited ones lie in two tables.
"""

import django.db.models.deletion
from django.db import migrations, models

# The triggers' names come after those of migration 0099, which PostgreSQL runs first: a version's inherited
# terms are locked there, so that of two who change its own end and a source's the second sees the first's.
KEEP = """
CREATE FUNCTION dam_keep_ends(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dam_rightsend AS kept WHERE version_id = ANY (changed) AND NOT EXISTS (
        SELECT FROM dam_version AS version
            LEFT JOIN dam_rightsrecord AS own ON own.version_id = version.id
            LEFT JOIN dam_inheritedterms AS inherited ON inherited.version_id = version.id
        WHERE version.id = kept.version_id
            AND (own.valid_until IS NOT NULL OR inherited.valid_until IS NOT NULL)
    );
    INSERT INTO dam_rightsend (version_id, brand_id, ends_at)
    SELECT version.id, version.brand_id, least(own.valid_until, inherited.valid_until)
    FROM dam_version AS version
        LEFT JOIN dam_rightsrecord AS own ON own.version_id = version.id
        LEFT JOIN dam_inheritedterms AS inherited ON inherited.version_id = version.id
    WHERE version.id = ANY (changed) AND (own.valid_until IS NOT NULL OR inherited.valid_until IS NOT NULL)
    ORDER BY version.id
    ON CONFLICT (version_id) DO UPDATE SET (brand_id, ends_at) = (excluded.brand_id, excluded.ends_at)
        WHERE (dam_rightsend.brand_id, dam_rightsend.ends_at) IS DISTINCT FROM
            (excluded.brand_id, excluded.ends_at);
END $$;
"""

# Both tables name a version and an end in the same columns.
TRIGGERS = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION dam_keep_ends_of_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys uuid[];
BEGIN
    SELECT array_agg(version_id ORDER BY version_id) INTO keys FROM changed WHERE valid_until IS NOT NULL;
    IF keys IS NOT NULL THEN
        PERFORM dam_keep_ends(keys);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION dam_keep_ends_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys uuid[];
BEGIN
    SELECT array_agg(now.version_id ORDER BY now.version_id) INTO keys
        FROM was JOIN now USING (version_id) WHERE was.valid_until IS DISTINCT FROM now.valid_until;
    IF keys IS NOT NULL THEN
        PERFORM dam_keep_ends(keys);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dam_keep_ends_termed AFTER INSERT ON dam_rightsrecord REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_rows();
CREATE TRIGGER dam_keep_ends_untermed AFTER DELETE ON dam_rightsrecord REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_rows();
CREATE TRIGGER dam_keep_ends_retermed AFTER UPDATE ON dam_rightsrecord
    REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_changes();
CREATE TRIGGER dam_keep_ends_inherited AFTER INSERT ON dam_inheritedterms REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_rows();
CREATE TRIGGER dam_keep_ends_freed AFTER DELETE ON dam_inheritedterms REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_rows();
CREATE TRIGGER dam_keep_ends_reinherited AFTER UPDATE ON dam_inheritedterms
    REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_changes();
"""

NO_TRIGGERS = """
SET LOCAL lock_timeout = '5s';
DROP TRIGGER dam_keep_ends_termed ON dam_rightsrecord;
DROP TRIGGER dam_keep_ends_untermed ON dam_rightsrecord;
DROP TRIGGER dam_keep_ends_retermed ON dam_rightsrecord;
DROP TRIGGER dam_keep_ends_inherited ON dam_inheritedterms;
DROP TRIGGER dam_keep_ends_freed ON dam_inheritedterms;
DROP TRIGGER dam_keep_ends_reinherited ON dam_inheritedterms;
DROP FUNCTION dam_keep_ends_of_rows, dam_keep_ends_of_changes;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0100_guest_reviews"),
    ]

    operations = [
        migrations.CreateModel(
            name="RightsEnd",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="rights_end",
                        serialize=False,
                        to="dam.version",
                    ),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["brand", "ends_at", "version"], name="rights_end_of_brand")],
            },
        ),
        migrations.RunSQL(KEEP, "DROP FUNCTION dam_keep_ends"),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
