"""Watermarks go with a deleted brand also where migration 0049 ran before it allowed that."""

from django.db import migrations

HOLD = """
SET LOCAL lock_timeout = '5s';
CREATE OR REPLACE FUNCTION provenance_watermark_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM dam_version WHERE id = OLD.version_id) OR EXISTS (
            SELECT FROM dam_brand
            WHERE id = OLD.brand_id AND closed_at IS NOT NULL AND delete_at <= now()
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'A watermark keeps what it was put into';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0053_evidence_packs"), ("dam", "0121_brand_watermarks")]

    operations = [migrations.RunSQL(HOLD, migrations.RunSQL.noop)]
