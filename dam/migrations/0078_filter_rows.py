"""What filters ask of a clip, in one row with one index: tags, and facts of the versions that are shown."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# A row goes with its asset, whoever deletes it: a process of the release before knows nothing of rows.
BELONGS = """
ALTER TABLE dam_filterrow ADD CONSTRAINT dam_filterrow_asset FOREIGN KEY (asset_id) REFERENCES dam_asset
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""

# The facts of dam.search.filter_rows, which spells them in the same way.
FUNCTIONS = """
CREATE FUNCTION dam_filter_facts(of_version uuid) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(hashtextextended(version.brand_id || ' ' || fact, 0)), '{}')
    FROM dam_version AS version, LATERAL (
        VALUES ('approval ' || version.approval), ('kind ' || version.kind), ('origin ' || version.origin),
            ('credentials ' || version.credentials), ('aspect ' || version.aspect),
            ('resolution ' || version.resolution), ('has_sound ' || version.has_sound)
        UNION ALL SELECT 'colours ' || unnest(version.colours)
    ) AS facts (fact)
    WHERE version.id = of_version AND fact IS NOT NULL
$$;

-- Each asset has a row from its first moment on. It is locked before anything is read: who writes at the same
-- time is waited for, and then seen. An asset's own row is locked before this one, by all that change it.
CREATE FUNCTION dam_filter_refresh(assets uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM dam_filterrow WHERE asset_id = ANY (assets) ORDER BY asset_id FOR NO KEY UPDATE;
    UPDATE dam_filterrow AS filters SET
        tags = coalesce(
            (SELECT array_agg(tag_id ORDER BY tag_id) FROM dam_asset_tags WHERE asset_id = filters.asset_id),
            '{}'
        ),
        latest = dam_filter_facts(asset.latest_id),
        released = dam_filter_facts(asset.released_id)
    FROM dam_asset AS asset WHERE asset.id = filters.asset_id AND filters.asset_id = ANY (assets);
END $$;

CREATE FUNCTION dam_filter_of_asset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO dam_filterrow (asset_id, tags, latest, released) VALUES (NEW.id, '{}', '{}', '{}');
    END IF;
    IF TG_OP = 'UPDATE' OR NEW.latest_id IS NOT NULL OR NEW.released_id IS NOT NULL THEN
        PERFORM dam_filter_refresh(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dam_filter_made AFTER INSERT ON dam_asset
    FOR EACH ROW EXECUTE FUNCTION dam_filter_of_asset();
CREATE TRIGGER dam_filter_shown AFTER UPDATE OF latest_id, released_id ON dam_asset
    FOR EACH ROW WHEN (
        OLD.latest_id IS DISTINCT FROM NEW.latest_id OR OLD.released_id IS DISTINCT FROM NEW.released_id
    ) EXECUTE FUNCTION dam_filter_of_asset();

CREATE FUNCTION dam_filter_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dam_filter_refresh(ARRAY[NEW.asset_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER dam_filter_version AFTER UPDATE ON dam_version
    FOR EACH ROW WHEN (
        (OLD.approval, OLD.kind, OLD.origin, OLD.credentials, OLD.aspect, OLD.resolution, OLD.has_sound,
            OLD.colours)
        IS DISTINCT FROM
        (NEW.approval, NEW.kind, NEW.origin, NEW.credentials, NEW.aspect, NEW.resolution, NEW.has_sound,
            NEW.colours)
    ) EXECUTE FUNCTION dam_filter_of_version();

CREATE FUNCTION dam_filter_retag(assets uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM dam_asset WHERE id = ANY (assets) ORDER BY id FOR NO KEY UPDATE;
    PERFORM dam_filter_refresh(assets);
END $$;
CREATE FUNCTION dam_filter_of_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dam_filter_retag((SELECT array_agg(DISTINCT asset_id) FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER dam_filter_tagged AFTER INSERT ON dam_asset_tags REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_filter_of_tags();
CREATE TRIGGER dam_filter_untagged AFTER DELETE ON dam_asset_tags REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_filter_of_tags();
CREATE FUNCTION dam_filter_of_moved_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dam_filter_retag(
        (SELECT array_agg(DISTINCT asset_id) FROM (TABLE before UNION ALL TABLE after) AS changed)
    );
    RETURN NULL;
END $$;
CREATE TRIGGER dam_filter_retagged AFTER UPDATE ON dam_asset_tags
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION dam_filter_of_moved_tags();
"""
NO_FUNCTIONS = """
DROP TRIGGER dam_filter_retagged ON dam_asset_tags;
DROP TRIGGER dam_filter_untagged ON dam_asset_tags;
DROP TRIGGER dam_filter_tagged ON dam_asset_tags;
DROP TRIGGER dam_filter_version ON dam_version;
DROP TRIGGER dam_filter_shown ON dam_asset;
DROP TRIGGER dam_filter_made ON dam_asset;
DROP FUNCTION dam_filter_of_moved_tags, dam_filter_of_tags, dam_filter_of_version, dam_filter_of_asset;
DROP FUNCTION dam_filter_retag, dam_filter_refresh, dam_filter_facts;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0077_sound_of_stills"),
    ]

    operations = [
        migrations.CreateModel(
            name="FilterRow",
            fields=[
                (
                    "asset",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="dam.asset",
                    ),
                ),
                ("tags", django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), size=None)),
                ("latest", django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), size=None)),
                ("released", django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), size=None)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["tags", "latest", "released"], fastupdate=False, name="filter_row"
                    )
                ],
            },
        ),
        migrations.RunSQL(BELONGS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
    ]
