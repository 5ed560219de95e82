"""What prompts mean to each encoder: a partition for each, with its graph, made and dropped with its embeddings'."""

import django.db.models.deletion
import pgvector.django.halfvec
from django.db import migrations, models

TABLE = """
CREATE TABLE dam_promptmeaning (
    version_id uuid NOT NULL CONSTRAINT prompt_meaning_version REFERENCES dam_version (id),
    brand_id bigint NOT NULL CONSTRAINT prompt_meaning_brand REFERENCES dam_brand (id),
    level double precision NOT NULL,
    spread double precision NOT NULL CONSTRAINT prompt_meaning_spread CHECK (spread > 0),
    encoder_id smallint NOT NULL CONSTRAINT prompt_meaning_encoder REFERENCES dam_encoderindex (id),
    vector halfvec NOT NULL,
    CONSTRAINT prompt_meaning_once PRIMARY KEY (version_id, encoder_id)
) PARTITION BY LIST (encoder_id);
CREATE INDEX prompt_meaning_of_brand ON dam_promptmeaning (brand_id);
"""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION dam_open_encoder_index(which integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    whole text;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('dam_embedding'));
    PERFORM FROM public.dam_encoderindex WHERE id = which;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no encoder index %', which;
    END IF;
    FOREACH whole IN ARRAY ARRAY['dam_embedding', 'dam_promptmeaning'] LOOP
        part := whole || '_' || which;
        IF to_regclass('public.' || part) IS NULL THEN
            EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING CONSTRAINTS INCLUDING STORAGE)'
                ' WITH (toast_tuple_target = 8160)', part, whole);
            EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES IN (%s)', whole, part, which);
        END IF;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION dam_draw_encoder_index(which integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    embeddings text := 'dam_embedding_' || which;
    prompts text := 'dam_promptmeaning_' || which;
    wide integer;
BEGIN
    SELECT dimensions INTO STRICT wide FROM public.dam_encoderindex WHERE id = which;
    IF wide <= 4000 THEN  -- what pgvector can
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I'
            ' USING hnsw ((vector::halfvec(%s)) halfvec_ip_ops) WITH (m = 16, ef_construction = 64)'
            ' WHERE scope > 0', embeddings || '_graph', embeddings, wide);
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I'
            ' USING hnsw ((vector::halfvec(%s)) halfvec_ip_ops) WITH (m = 16, ef_construction = 64)',
            prompts || '_graph', prompts, wide);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION dam_drop_encoder_index(which integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM FROM public.dam_encoderindex WHERE id = which AND state = 'retired';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Encoder index % is in use', which;
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS public.%I', 'dam_embedding_' || which);
    EXECUTE format('DROP TABLE IF EXISTS public.%I', 'dam_promptmeaning_' || which);
END $$;

-- For the indexes there are already; what they have stays as it is.
DO $$
DECLARE
    known record;
BEGIN
    FOR known IN SELECT id FROM dam_encoderindex LOOP
        PERFORM dam_open_encoder_index(known.id);
        PERFORM dam_draw_encoder_index(known.id);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0082_step_progress"),
    ]

    operations = [
        migrations.AddField("encoderindex", "prompts_at", models.DateTimeField(null=True)),
        migrations.AddField("encoderindex", "prompts_reached_at", models.DateTimeField(null=True)),
        migrations.AddField("encoderindex", "prompts_reached_id", models.UUIDField(null=True)),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE), migrations.RunSQL(FUNCTIONS)],
            state_operations=[
                migrations.CreateModel(
                    name="PromptMeaning",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "version_id",
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
                                related_name="+",
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
                        (
                            "encoder",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dam.encoderindex",
                            ),
                        ),
                        ("level", models.FloatField()),
                        ("spread", models.FloatField()),
                        ("vector", pgvector.django.halfvec.HalfVectorField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["brand"], name="prompt_meaning_of_brand")],
                    },
                ),
            ],
        ),
    ]
