"""What a clip lacks, among the facts of its row: a clearance, a required field, files."""

import django.db.models.deletion
from django.db import migrations, models

# The same as Schema.missing in dam.custom_fields.definitions: a field whose options all depend on something
# that isn't chosen has nothing to choose from.
LACKS = """
CREATE FUNCTION dam_filter_lacks(of_asset uuid, of_brand bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM dam_customfield AS field
        WHERE field.brand_id = of_brand AND field.required AND field.retired_at IS NULL
            AND NOT EXISTS (
                SELECT FROM dam_fieldvalue WHERE asset_id = of_asset AND field_id = field.id
            )
            AND (
                field.kind NOT IN ('choice', 'multi_choice')
                OR EXISTS (
                    SELECT FROM dam_fieldoption AS option
                    WHERE option.field_id = field.id AND option.retired_at IS NULL AND (
                        field.depends_on_id IS NULL
                        OR NOT EXISTS (
                            SELECT FROM dam_fieldoption_only_with WHERE from_fieldoption_id = option.id
                        )
                        OR EXISTS (
                            SELECT FROM dam_fieldoption_only_with AS fits
                                JOIN dam_fieldvalue AS chosen ON chosen.option_id = fits.to_fieldoption_id
                            WHERE fits.from_fieldoption_id = option.id AND chosen.asset_id = of_asset
                                AND chosen.field_id = field.depends_on_id
                        )
                    )
                )
            )
    )
$$;
"""

FACTS = """
CREATE OR REPLACE FUNCTION dam_filter_facts(of_version uuid) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(hashtextextended(version.brand_id || ' ' || fact, 0)), '{}')
    FROM dam_version AS version, LATERAL (
        VALUES ('approval ' || version.approval), ('kind ' || version.kind), ('origin ' || version.origin),
            ('credentials ' || version.credentials), ('aspect ' || version.aspect),
            ('resolution ' || version.resolution), ('has_sound ' || version.has_sound),
            (CASE WHEN version.approval <> 'approved' OR NOT EXISTS (
                SELECT FROM dam_rightsrecord WHERE version_id = version.id AND uses <> '[]'
            ) THEN 'missing clearance' END),
            (CASE WHEN dam_filter_lacks(version.asset_id, version.brand_id) THEN 'missing fields' END),
            (CASE WHEN version.processing = 'failed' THEN 'missing files' END)
        UNION ALL SELECT 'colours ' || unnest(version.colours)
    ) AS facts (fact)
    WHERE version.id = of_version AND fact IS NOT NULL
$$;
"""

FACTS_BEFORE = """
CREATE OR REPLACE FUNCTION dam_filter_facts(of_version uuid) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(hashtextextended(version.brand_id || ' ' || fact, 0)), '{}')
    FROM dam_version AS version, LATERAL (
        VALUES ('approval ' || version.approval), ('kind ' || version.kind), ('origin ' || version.origin),
            ('credentials ' || version.credentials), ('aspect ' || version.aspect),
            ('resolution ' || version.resolution), ('has_sound ' || version.has_sound)
        UNION ALL SELECT 'colours ' || unnest(version.colours)
    ) AS facts (fact)
    WHERE version.id = of_version AND fact IS NOT NULL
$$;
"""

TRIGGERS = """
CREATE TRIGGER dam_filter_failed AFTER UPDATE OF processing ON dam_version
    FOR EACH ROW WHEN ((OLD.processing = 'failed') IS DISTINCT FROM (NEW.processing = 'failed'))
    EXECUTE FUNCTION dam_filter_of_version();

-- A version without a record is cleared for nothing, as one whose record names no use.
CREATE FUNCTION dam_filter_of_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dam_filter_refresh(
        ARRAY(SELECT asset_id FROM dam_version WHERE id = coalesce(NEW.version_id, OLD.version_id))
    );
    RETURN NULL;
END $$;
CREATE TRIGGER dam_filter_cleared AFTER INSERT ON dam_rightsrecord
    FOR EACH ROW WHEN (NEW.uses <> '[]') EXECUTE FUNCTION dam_filter_of_rights();
CREATE TRIGGER dam_filter_recleared AFTER UPDATE OF uses ON dam_rightsrecord
    FOR EACH ROW WHEN ((OLD.uses = '[]') IS DISTINCT FROM (NEW.uses = '[]'))
    EXECUTE FUNCTION dam_filter_of_rights();
CREATE TRIGGER dam_filter_uncleared AFTER DELETE ON dam_rightsrecord
    FOR EACH ROW WHEN (OLD.uses <> '[]') EXECUTE FUNCTION dam_filter_of_rights();

-- Only where a brand requires a field is there anything to write. Rows are locked all the same: who goes through
-- them after a field has become required (dam.search.row_catching_up) waits for this, and sees it.
CREATE FUNCTION dam_filter_revalue(assets uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM dam_asset WHERE id = ANY (assets) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM dam_filterrow WHERE asset_id = ANY (assets) ORDER BY asset_id FOR NO KEY UPDATE;
    PERFORM dam_filter_refresh(ARRAY(
        SELECT asset.id FROM dam_asset AS asset WHERE asset.id = ANY (assets) AND EXISTS (
            SELECT FROM dam_customfield AS field WHERE field.brand_id = asset.brand_id AND field.required
        )
    ));
END $$;
CREATE FUNCTION dam_filter_of_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dam_filter_revalue(ARRAY(SELECT DISTINCT asset_id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER dam_filter_valued AFTER INSERT ON dam_fieldvalue REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_filter_of_values();
CREATE TRIGGER dam_filter_devalued AFTER DELETE ON dam_fieldvalue REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_filter_of_values();
CREATE FUNCTION dam_filter_of_moved_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dam_filter_revalue(
        ARRAY(SELECT DISTINCT asset_id FROM (TABLE before UNION ALL TABLE after) AS changed)
    );
    RETURN NULL;
END $$;
CREATE TRIGGER dam_filter_revalued AFTER UPDATE ON dam_fieldvalue
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION dam_filter_of_moved_values();

-- Which of these rows say something else of required fields than what is so. They are locked before anything is
-- read: who writes at the same time is waited for.
CREATE FUNCTION dam_filter_catch_up(assets uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM dam_filterrow WHERE asset_id = ANY (assets) ORDER BY asset_id FOR NO KEY UPDATE;
    PERFORM dam_filter_refresh(ARRAY(
        SELECT asset.id FROM dam_asset AS asset JOIN dam_filterrow AS filters ON filters.asset_id = asset.id
        WHERE asset.id = ANY (assets) AND asset.latest_id IS NOT NULL
            AND dam_filter_lacks(asset.id, asset.brand_id) IS DISTINCT FROM
                hashtextextended(asset.brand_id || ' missing fields', 0) = ANY (filters.latest)
    ));
END $$;
"""

NO_TRIGGERS = """
DROP FUNCTION dam_filter_catch_up;
DROP TRIGGER dam_filter_revalued ON dam_fieldvalue;
DROP TRIGGER dam_filter_devalued ON dam_fieldvalue;
DROP TRIGGER dam_filter_valued ON dam_fieldvalue;
DROP TRIGGER dam_filter_uncleared ON dam_rightsrecord;
DROP TRIGGER dam_filter_recleared ON dam_rightsrecord;
DROP TRIGGER dam_filter_cleared ON dam_rightsrecord;
DROP TRIGGER dam_filter_failed ON dam_version;
DROP FUNCTION dam_filter_of_moved_values, dam_filter_of_values, dam_filter_revalue, dam_filter_of_rights;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0088_campaigns"),
    ]

    operations = [
        migrations.AlterField(
            model_name="filterrow",
            name="asset",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                primary_key=True,
                related_name="filter_row",
                serialize=False,
                to="dam.asset",
            ),
        ),
        migrations.CreateModel(
            name="StaleRows",
            fields=[
                (
                    "brand",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="dam.brand",
                    ),
                ),
                ("after", models.UUIDField(null=True)),
            ],
        ),
        migrations.RunSQL(LACKS, "DROP FUNCTION dam_filter_lacks"),
        migrations.RunSQL(FACTS, FACTS_BEFORE),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
