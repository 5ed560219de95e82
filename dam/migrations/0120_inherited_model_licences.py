"""What a version was made with narrows it as what it was made from does: a model's licence, for its brand.

The database itself keeps that with what is inherited (0099, 0109). What a licence means for a brand is a row
of `dam_modelstanding`; where that changes a worker brings it to the clips, some at a time.
"""

from importlib import import_module

from django.db import migrations

consents = import_module("dam.migrations.0109_consents")

# The same as dam.rights.policy.meet.
INHERIT = """
CREATE OR REPLACE FUNCTION dam_inherit(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
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
        OR EXISTS (SELECT FROM dam_inheritedterms WHERE version_id = heir.id)
        OR EXISTS (SELECT FROM dam_model_limits(heir.id));
    IF heirs IS NULL THEN
        RETURN;
    END IF;
    -- Who changes two sources of one clip at once waits here, and then sees what the other wrote.
    PERFORM FROM dam_inheritedterms WHERE version_id = ANY (heirs) ORDER BY version_id FOR UPDATE;
    DELETE FROM dam_inheritedterms AS terms WHERE version_id = ANY (heirs)
        AND NOT EXISTS (SELECT FROM dam_madefrom AS link WHERE link.version_id = terms.version_id)
        AND (NOT EXISTS (SELECT FROM dam_model_limits(terms.version_id))
            OR EXISTS (SELECT FROM dam_approvedbefore AS kept WHERE kept.version_id = terms.version_id));
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
            rights.embargo_until, least(rights.valid_until, rights.consents_until) AS valid_until
        FROM up
            LEFT JOIN dam_version AS version ON version.id = up.source
            LEFT JOIN dam_asset AS asset ON asset.id = version.asset_id
            LEFT JOIN dam_rightsrecord AS rights ON rights.version_id = up.source
    ),
    limits AS (
        SELECT DISTINCT way.heir, limits.* FROM (
            SELECT heir, source FROM up WHERE source IS NOT NULL UNION SELECT id, id FROM unnest(heirs) AS id
        ) AS way CROSS JOIN LATERAL dam_model_limits(way.source) AS limits
        WHERE NOT EXISTS (SELECT FROM dam_approvedbefore AS kept WHERE kept.version_id = way.heir)
    ),
    sourced AS (
        SELECT heir, bool_or(stops) AS stopped, max(embargo_until) AS embargo_until,
            min(valid_until) AS valid_until, count(*) FILTER (WHERE clears) AS clearing
        FROM made GROUP BY heir
    ),
    limited AS (
        SELECT heir, bool_or(stops) AS stopped, bool_or(places IS NOT NULL) AS narrowed
        FROM limits GROUP BY heir
    ),
    whole AS (
        SELECT heir, coalesce(sourced.stopped, false) OR coalesce(limited.stopped, false) AS stopped,
            embargo_until, valid_until, coalesce(clearing, 0) AS clearing,
            coalesce(narrowed, false) AS narrowed
        FROM sourced FULL JOIN limited USING (heir)
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
    areas AS (
        SELECT heir, territories FROM clearances
        UNION ALL
        SELECT heir, places FROM limits WHERE places IS NOT NULL
        UNION ALL
        SELECT heir, coalesce(rights.territories, '["worldwide"]')
            FROM whole LEFT JOIN dam_rightsrecord AS rights ON rights.version_id = heir
            WHERE clearing = 0 AND narrowed
    ),
    narrow AS (
        SELECT heir, count(*) AS number FROM areas WHERE NOT territories ? 'worldwide' GROUP BY heir
    ),
    places_left AS (
        SELECT heir, jsonb_agg(place ORDER BY place COLLATE "C") AS places FROM (
            SELECT heir, place FROM (
                SELECT heir, unnest(dam_places(territories)) AS place FROM areas
                WHERE NOT territories ? 'worldwide'
            ) AS each JOIN narrow USING (heir)
            GROUP BY heir, place, number HAVING count(*) = number
        ) AS shared GROUP BY heir
    )
    INSERT INTO dam_inheritedterms (version_id, stopped, uses, territories, embargo_until, valid_until)
    SELECT heir, stopped,
        CASE WHEN clearing > 0 THEN coalesce(uses_left.uses, '[]') END,
        CASE WHEN clearing > 0 OR narrowed THEN
            CASE WHEN narrow.heir IS NULL THEN '["worldwide"]' ELSE coalesce(places, '[]') END
        END,
        embargo_until, valid_until
    FROM whole LEFT JOIN uses_left USING (heir) LEFT JOIN narrow USING (heir) LEFT JOIN places_left USING (heir)
    ORDER BY heir
    ON CONFLICT (version_id) DO UPDATE SET (stopped, uses, territories, embargo_until, valid_until) =
        (excluded.stopped, excluded.uses, excluded.territories, excluded.embargo_until, excluded.valid_until);
END $$;
"""

LIMITS = """
CREATE FUNCTION dam_model_limits(version uuid) RETURNS TABLE (model bigint, stops boolean, places jsonb)
LANGUAGE sql STABLE AS $$
    SELECT standing.model_id, standing.stops, standing.places
    FROM dam_madewith AS made JOIN dam_modelstanding AS standing
        ON standing.model_id = made.model_id AND standing.brand_id = made.brand_id
    WHERE made.version_id = version AND (standing.stops OR standing.places IS NOT NULL)
$$;
"""

# With an approval ends that nothing was asked about the model it was made with.
DECIDED = """
CREATE OR REPLACE FUNCTION dam_inherit_of_versions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed uuid[];
BEGIN
    SELECT array_agg(id) INTO changed FROM was JOIN now USING (id)
        WHERE (was.approval, was.credentials) IS DISTINCT FROM (now.approval, now.credentials);
    IF changed IS NOT NULL THEN
        DELETE FROM dam_approvedbefore WHERE version_id IN (
            SELECT id FROM now WHERE id = ANY (changed) AND approval <> 'approved'
        );
        PERFORM dam_inherit(changed);
    END IF;
    RETURN NULL;
END $$;
"""
DECIDED_BEFORE = """
CREATE OR REPLACE FUNCTION dam_inherit_of_versions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed uuid[];
BEGIN
    SELECT array_agg(id) INTO changed FROM was JOIN now USING (id)
        WHERE (was.approval, was.credentials) IS DISTINCT FROM (now.approval, now.credentials);
    IF changed IS NOT NULL THEN
        PERFORM dam_inherit(changed);
    END IF;
    RETURN NULL;
END $$;
"""

TRIGGER = """
SET LOCAL lock_timeout = '5s';
CREATE TRIGGER dam_inherit_modelled AFTER INSERT ON dam_madewith REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_inherit_of_links();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0119_model_licences"),
    ]

    operations = [
        migrations.RunSQL(LIMITS, "DROP FUNCTION dam_model_limits"),
        migrations.RunSQL(INHERIT, consents.INHERIT),
        migrations.RunSQL(DECIDED, DECIDED_BEFORE),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER dam_inherit_modelled ON dam_madewith"),
    ]
