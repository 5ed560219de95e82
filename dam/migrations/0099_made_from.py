"""What a version was made from, and what that leaves of its terms, kept by the database itself.

Whoever writes an approval, a credential, terms or the trash need not think of it: nothing that was made from
a clip may do more for a moment. With no such record the functions end at the first look into an empty table.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# The same as dam.rights.territories.meet has it: with the countries of the EU where it is named, and with its
# name where all of them are (a test compares the countries).
PLACES = """
CREATE FUNCTION dam_places(places jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(DISTINCT place), '{}') FROM (
        SELECT jsonb_array_elements_text(places) AS place
        UNION ALL SELECT unnest(ARRAY[
            'AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT',
            'LT', 'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'
        ]) WHERE places ? 'EU'
        UNION ALL SELECT 'EU' WHERE places @> '[
            "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
            "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"
        ]'
    ) AS named
$$;
"""

# The same as dam.rights.policy.meet. Who changes terms holds the lock of the brand together with others; who
# records what was made from what (dam.rights.making) holds it alone, so that neither misses the other.
INHERIT = """
CREATE FUNCTION dam_inherit(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE heirs uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('made from ' || brand_id, 0))
        FROM (SELECT DISTINCT brand_id FROM dam_version WHERE id = ANY (changed) ORDER BY brand_id) AS brands;
    WITH RECURSIVE heir (id) AS (
        SELECT unnest(changed)
        UNION
        SELECT link.version_id FROM dam_madefrom AS link JOIN heir ON link.source_id = heir.id
    )
    SELECT array_agg(id ORDER BY id) INTO heirs FROM heir
        WHERE EXISTS (SELECT FROM dam_madefrom WHERE version_id = heir.id)
        OR EXISTS (SELECT FROM dam_inheritedterms WHERE version_id = heir.id);
    IF heirs IS NULL THEN
        RETURN;
    END IF;
    -- Who changes two sources of one clip at once waits here, and then sees what the other wrote.
    PERFORM FROM dam_inheritedterms WHERE version_id = ANY (heirs) ORDER BY version_id FOR UPDATE;
    DELETE FROM dam_inheritedterms AS terms WHERE version_id = ANY (heirs)
        AND NOT EXISTS (SELECT FROM dam_madefrom AS link WHERE link.version_id = terms.version_id);
    WITH RECURSIVE up (heir, source) AS (
        SELECT version_id, source_id FROM dam_madefrom WHERE version_id = ANY (heirs)
        UNION
        SELECT up.heir, link.source_id FROM up JOIN dam_madefrom AS link ON link.version_id = up.source
    ),
    made AS (
        SELECT up.heir, up.source, coalesce(version.approval, '') = 'approved' AS clears,
            version.id IS NULL OR asset.trashed_at IS NOT NULL
                OR version.approval IN ('rejected', 'withdrawn')
                OR version.credentials IN ('altered', 'invalid')
                OR (version.approval <> 'approved' AND coalesce(rights.uses, '[]') <> '[]') AS stops,
            coalesce(rights.uses, '[]') AS uses,
            coalesce(rights.territories, '["worldwide"]') AS territories,
            rights.embargo_until, rights.valid_until
        FROM up
            LEFT JOIN dam_version AS version ON version.id = up.source
            LEFT JOIN dam_asset AS asset ON asset.id = version.asset_id
            LEFT JOIN dam_rightsrecord AS rights ON rights.version_id = up.source
    ),
    whole AS (
        SELECT heir, bool_or(stops) AS stopped, max(embargo_until) AS embargo_until,
            min(valid_until) AS valid_until, count(*) FILTER (WHERE clears) AS clearing
        FROM made GROUP BY heir
    ),
    clearances AS (
        SELECT heir, source, uses, territories FROM made WHERE clears
        UNION ALL
        SELECT heir, heir, coalesce(rights.uses, '[]'), coalesce(rights.territories, '["worldwide"]')
            FROM whole LEFT JOIN dam_rightsrecord AS rights ON rights.version_id = heir WHERE clearing > 0
    ),
    uses_left AS (
        SELECT heir, jsonb_agg(use ORDER BY use COLLATE "C") AS uses FROM (
            SELECT heir, use FROM (
                SELECT DISTINCT heir, source, use FROM clearances, jsonb_array_elements_text(uses) AS use
            ) AS each JOIN whole USING (heir)
            GROUP BY heir, use, clearing HAVING count(*) = clearing + 1
        ) AS shared GROUP BY heir
    ),
    narrow AS (
        SELECT heir, count(*) AS number FROM clearances WHERE NOT territories ? 'worldwide' GROUP BY heir
    ),
    places_left AS (
        SELECT heir, jsonb_agg(place ORDER BY place COLLATE "C") AS places FROM (
            SELECT heir, place FROM (
                SELECT heir, unnest(dam_places(territories)) AS place FROM clearances
                WHERE NOT territories ? 'worldwide'
            ) AS each JOIN narrow USING (heir)
            GROUP BY heir, place, number HAVING count(*) = number
        ) AS shared GROUP BY heir
    )
    INSERT INTO dam_inheritedterms (version_id, stopped, uses, territories, embargo_until, valid_until)
    SELECT heir, stopped,
        CASE WHEN clearing > 0 THEN coalesce(uses_left.uses, '[]') END,
        CASE WHEN clearing > 0 THEN
            CASE WHEN narrow.heir IS NULL THEN '["worldwide"]' ELSE coalesce(places, '[]') END
        END,
        embargo_until, valid_until
    FROM whole LEFT JOIN uses_left USING (heir) LEFT JOIN narrow USING (heir) LEFT JOIN places_left USING (heir)
    ON CONFLICT (version_id) DO UPDATE SET (stopped, uses, territories, embargo_until, valid_until) =
        (excluded.stopped, excluded.uses, excluded.territories, excluded.embargo_until, excluded.valid_until);
END $$;
"""

# Once for all rows of a statement: moving many clips into the trash is one.
# These tables are in use while it runs. Waiting for a long transaction would have all others wait behind it:
# it gives up instead, nothing of it stays, and `migrate` can be run again.
TRIGGERS = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION dam_inherit_of_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dam_inherit(ids) FROM (SELECT array_agg(DISTINCT version_id) AS ids FROM changed) AS every
        WHERE ids IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER dam_inherit_linked AFTER INSERT ON dam_madefrom REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_links();
CREATE TRIGGER dam_inherit_relinked AFTER UPDATE ON dam_madefrom REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_links();
CREATE TRIGGER dam_inherit_unlinked AFTER DELETE ON dam_madefrom REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_links();

CREATE FUNCTION dam_inherit_of_versions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed uuid[];
BEGIN
    SELECT array_agg(id) INTO changed FROM was JOIN now USING (id)
        WHERE (was.approval, was.credentials) IS DISTINCT FROM (now.approval, now.credentials);
    IF changed IS NOT NULL THEN
        PERFORM dam_inherit(changed);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION dam_inherit_of_assets() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed uuid[];
BEGIN
    SELECT array_agg(version.id) INTO changed
        FROM was JOIN now USING (id) JOIN dam_version AS version ON version.asset_id = now.id
        WHERE (was.trashed_at IS NULL) <> (now.trashed_at IS NULL);
    IF changed IS NOT NULL THEN
        PERFORM dam_inherit(changed);
    END IF;
    RETURN NULL;
END $$;

-- What was made from a version that goes keeps that it was made from something.
CREATE FUNCTION dam_inherit_of_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dam_madefrom WHERE version_id IN (SELECT id FROM gone);
    UPDATE dam_madefrom SET source_id = NULL WHERE source_id IN (SELECT id FROM gone);
    DELETE FROM dam_inheritedterms WHERE version_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;

-- The tables in the order in which the application locks them: clips, versions, rights.
CREATE TRIGGER dam_inherit_moved AFTER UPDATE ON dam_asset
    REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_assets();
CREATE TRIGGER dam_inherit_decided AFTER UPDATE ON dam_version
    REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_versions();
CREATE TRIGGER dam_inherit_deleted AFTER DELETE ON dam_version REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_deleted();
-- The same as of links: rights are named by their version, too.
CREATE TRIGGER dam_inherit_termed AFTER INSERT ON dam_rightsrecord REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_links();
CREATE TRIGGER dam_inherit_retermed AFTER UPDATE ON dam_rightsrecord REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_links();
CREATE TRIGGER dam_inherit_untermed AFTER DELETE ON dam_rightsrecord REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_links();
"""

NO_TRIGGERS = """
SET LOCAL lock_timeout = '5s';
DROP TRIGGER dam_inherit_moved ON dam_asset;
DROP TRIGGER dam_inherit_decided ON dam_version;
DROP TRIGGER dam_inherit_deleted ON dam_version;
DROP TRIGGER dam_inherit_untermed ON dam_rightsrecord;
DROP TRIGGER dam_inherit_retermed ON dam_rightsrecord;
DROP TRIGGER dam_inherit_termed ON dam_rightsrecord;
DROP TRIGGER dam_inherit_unlinked ON dam_madefrom;
DROP TRIGGER dam_inherit_relinked ON dam_madefrom;
DROP TRIGGER dam_inherit_linked ON dam_madefrom;
DROP FUNCTION dam_inherit_of_deleted, dam_inherit_of_assets, dam_inherit_of_versions, dam_inherit_of_links;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0098_released_details"),
    ]

    operations = [
        migrations.CreateModel(
            name="InheritedTerms",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="inherited",
                        serialize=False,
                        to="dam.version",
                    ),
                ),
                ("stopped", models.BooleanField()),
                ("uses", models.JSONField(null=True)),
                ("territories", models.JSONField(null=True)),
                ("embargo_until", models.DateTimeField(null=True)),
                ("valid_until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("embargo_until__isnull", False)),
                        fields=["version", "embargo_until"],
                        name="inherited_embargo_of",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MadeFrom",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("parentOf", "Edited from it"),
                            ("componentOf", "Contains it"),
                            ("inputTo", "Generated with it"),
                        ],
                        max_length=11,
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="used_in",
                        to="dam.version",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made_from",
                        to="dam.version",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "source"), name="made_from_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source", None),
                            models.Q(("source", models.F("version")), _negated=True),
                            _connector="OR",
                        ),
                        name="made_from_another",
                    ),
                ],
                "indexes": [models.Index(fields=["source", "id"], name="made_from_used_in")],
            },
        ),
        migrations.RunSQL(PLACES, "DROP FUNCTION dam_places"),
        migrations.RunSQL(INHERIT, "DROP FUNCTION dam_inherit"),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
