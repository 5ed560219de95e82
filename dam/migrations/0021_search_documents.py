"""Search gets documents of its own: the words of each version, kept beside the facts that narrow a search."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# The numbers of dam.search.scopes.
FUNCTIONS = """
CREATE FUNCTION dam_document_scopes(brand bigint, place bigint, latest boolean, released boolean)
RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg((brand << 30) | (block << 3) | (level << 1) | shown ORDER BY shown, level), '{}')
    FROM (VALUES (0, 0::bigint), (1, place >> 16), (2, place >> 12)) AS blocks (level, block),
         (VALUES (0, latest), (1, released)) AS shows (shown, is_shown)
    WHERE is_shown
$$;

CREATE FUNCTION dam_document_place(of_asset uuid, of_brand bigint, made timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE other record;
BEGIN
    SELECT place INTO other FROM dam_searchdocument WHERE asset_id = of_asset LIMIT 1;
    IF FOUND THEN RETURN other.place; END IF;
    SELECT place, created_at INTO other FROM dam_searchdocument
        WHERE brand_id = of_brand ORDER BY created_at DESC LIMIT 1;
    IF NOT FOUND THEN RETURN 4294967296; END IF;
    IF made >= other.created_at THEN RETURN other.place + 1; END IF;
    SELECT place INTO other FROM dam_searchdocument
        WHERE brand_id = of_brand AND created_at <= made ORDER BY created_at DESC LIMIT 1;
    IF FOUND THEN RETURN other.place; END IF;
    SELECT place INTO other FROM dam_searchdocument WHERE brand_id = of_brand ORDER BY created_at LIMIT 1;
    RETURN other.place - 1;
END $$;

-- What a document says of its asset is never what a writer says, but what the asset says.
CREATE FUNCTION dam_document_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asset record;
BEGIN
    -- Locked, so that a change of the asset under way is waited for and not missed.
    SELECT brand_id, created_at, latest_id, released_id INTO STRICT asset
        FROM dam_asset WHERE id = NEW.asset_id FOR KEY SHARE;
    NEW.brand_id := asset.brand_id;
    NEW.created_at := asset.created_at;
    NEW.latest := coalesce(asset.latest_id = NEW.version_id, false);
    NEW.released := coalesce(asset.released_id = NEW.version_id, false);
    IF NEW.place = 0 THEN
        NEW.place := dam_document_place(NEW.asset_id, NEW.brand_id, NEW.created_at);
    END IF;
    NEW.scopes := dam_document_scopes(NEW.brand_id, NEW.place, NEW.latest, NEW.released);
    RETURN NEW;
END $$;
CREATE TRIGGER dam_document_facts BEFORE INSERT OR UPDATE ON dam_searchdocument
    FOR EACH ROW EXECUTE FUNCTION dam_document_facts();

CREATE FUNCTION dam_document_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dam_searchdocument SET created_at = NEW.created_at WHERE asset_id = NEW.id AND (
        NEW.created_at <> OLD.created_at
        OR version_id IN (OLD.latest_id, NEW.latest_id, OLD.released_id, NEW.released_id)
    );
    RETURN NULL;
END $$;
CREATE TRIGGER dam_document_follow AFTER UPDATE OF latest_id, released_id, created_at ON dam_asset
    FOR EACH ROW WHEN (
        OLD.latest_id IS DISTINCT FROM NEW.latest_id OR OLD.released_id IS DISTINCT FROM NEW.released_id
        OR OLD.created_at <> NEW.created_at
    ) EXECUTE FUNCTION dam_document_follow();

-- Documents of what is there already are built by a worker, newest first.
INSERT INTO dam_documentbuild (before) SELECT NULL WHERE EXISTS (SELECT FROM dam_asset);
"""
NO_FUNCTIONS = """
DROP TRIGGER dam_document_follow ON dam_asset;
DROP TRIGGER dam_document_facts ON dam_searchdocument;
DROP FUNCTION dam_document_follow, dam_document_facts, dam_document_place, dam_document_scopes;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0020_saved_searches"),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentBuild",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="version",
            name="search_words",
            field=models.TextField(blank=True),
        ),
        migrations.CreateModel(
            name="CommentText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("text", models.TextField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comment_texts",
                        to="dam.version",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "source"), name="comment_text_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LexiconWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=64)),
                ("magnitude", models.PositiveSmallIntegerField(default=0)),
                ("spelled", models.BooleanField(default=True)),
                (
                    "brand",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["brand", "text"],
                        name="lexicon_word",
                        opclasses=["int8_ops", "text_pattern_ops"],
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("spelled", True)),
                        fields=["text"],
                        name="lexicon_alike",
                        opclasses=["gin_trgm_ops"],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="document",
                        serialize=False,
                        to="dam.version",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("latest", models.BooleanField(default=False)),
                ("released", models.BooleanField(default=False)),
                ("place", models.BigIntegerField(default=0)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=3)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="documents", to="dam.asset"
                    ),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["brand", "created_at"], name="document_newest"),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["scopes", "words"], name="document_words"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TagSynonym",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tag", models.CharField(max_length=60)),
                ("word", models.CharField(max_length=60)),
                (
                    "brand",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tag_synonyms",
                        to="dam.brand",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "word", "tag"), name="tag_synonym_once")
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
    ]
