"""Embeddings by encoder: a partition for each, with its graph. 0023 moves what is there."""

import django.db.models.deletion
import django.utils.timezone
import pgvector.django.halfvec
from django.db import migrations, models

# Fixed columns first and by width, so that no byte is lost to alignment. Constraints are checked at once: a
# partition can't be attached while checks of its table are put off.
TABLE = """
ALTER TABLE dam_embedding RENAME TO dam_embedding_before;
CREATE TABLE dam_embedding (
    version_id uuid NOT NULL CONSTRAINT embedding_version REFERENCES dam_version (id),
    brand_id bigint NOT NULL CONSTRAINT embedding_brand REFERENCES dam_brand (id),
    frame integer NOT NULL CONSTRAINT embedding_frame CHECK (frame >= 0),
    start_ms integer NOT NULL CONSTRAINT embedding_start CHECK (start_ms >= 0),
    end_ms integer NOT NULL CONSTRAINT embedding_end CHECK (end_ms >= start_ms),
    encoder_id smallint NOT NULL CONSTRAINT embedding_encoder_index REFERENCES dam_encoderindex (id),
    scope smallint NOT NULL CONSTRAINT embedding_scope CHECK (scope BETWEEN 0 AND 2),
    shot smallint NOT NULL CONSTRAINT embedding_shot CHECK (shot >= 0),
    vector halfvec NOT NULL,
    CONSTRAINT embedding_once PRIMARY KEY (version_id, scope, frame, encoder_id)
) PARTITION BY LIST (encoder_id);
"""

# The application's role may work with rows and no more (dam.core.roles), so these run as the owner of the
# tables. They read the row of the index themselves: whoever calls them can't have anything else made or dropped.
# Attached rather than made in place, so that searches go on meanwhile.
FUNCTIONS = """
CREATE FUNCTION dam_open_encoder_index(which integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    part text := 'dam_embedding_' || which;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('dam_embedding'));
    PERFORM FROM public.dam_encoderindex WHERE id = which;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no encoder index %', which;
    END IF;
    IF to_regclass('public.' || part) IS NULL THEN
        EXECUTE format('CREATE TABLE public.%I (LIKE public.dam_embedding INCLUDING CONSTRAINTS INCLUDING STORAGE)'
            ' WITH (toast_tuple_target = 8160)', part);
        EXECUTE format('ALTER TABLE public.dam_embedding ATTACH PARTITION public.%I FOR VALUES IN (%s)', part, which);
    END IF;
END $$;

CREATE FUNCTION dam_draw_encoder_index(which integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text := 'dam_embedding_' || which;
    wide integer;
BEGIN
    SELECT dimensions INTO STRICT wide FROM public.dam_encoderindex WHERE id = which;
    IF wide <= 4000 THEN  -- what pgvector can
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I'
            ' USING hnsw ((vector::halfvec(%s)) halfvec_ip_ops) WITH (m = 16, ef_construction = 64)'
            ' WHERE scope > 0', part || '_graph', part, wide);
    END IF;
END $$;

CREATE FUNCTION dam_drop_encoder_index(which integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM FROM public.dam_encoderindex WHERE id = which AND state = 'retired';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Encoder index % is in use', which;
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS public.%I', 'dam_embedding_' || which);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("dam", "0021_search_documents")]

    operations = [
        migrations.CreateModel(
            name="EncoderIndex",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("identity", models.CharField(max_length=120, unique=True)),
                ("label", models.CharField(blank=True, max_length=120)),
                ("folder", models.CharField(blank=True, max_length=500)),
                ("dimensions", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("building", "Being built"),
                            ("active", "Searched"),
                            ("retired", "To be dropped"),
                        ],
                        max_length=8,
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("reached_at", models.DateTimeField(null=True)),
                ("reached_id", models.UUIDField(null=True)),
                ("passes", models.PositiveSmallIntegerField(default=0)),
                ("tried", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddConstraint(
            model_name="encoderindex",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "active")), fields=("state",), name="encoder_index_one_active"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE), migrations.RunSQL(FUNCTIONS)],
            state_operations=[
                migrations.DeleteModel(name="Embedding"),
                migrations.CreateModel(
                    name="Embedding",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "version_id",
                                "scope",
                                "frame",
                                "encoder_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="embeddings",
                                to="dam.version",
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
                        ("frame", models.PositiveIntegerField()),
                        ("start_ms", models.PositiveIntegerField()),
                        ("end_ms", models.PositiveIntegerField()),
                        (
                            "encoder",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="embeddings",
                                to="dam.encoderindex",
                            ),
                        ),
                        (
                            "scope",
                            models.PositiveSmallIntegerField(
                                choices=[(0, "Frame"), (1, "Shot"), (2, "Version")], default=0
                            ),
                        ),
                        ("shot", models.PositiveSmallIntegerField(default=0)),
                        ("vector", pgvector.django.halfvec.HalfVectorField()),
                    ],
                ),
            ],
        ),
    ]
