"""What invisible watermarks were put into; the database lets a row go with its version or brand alone."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# A process of an earlier release deletes versions without knowing of this table.
HOLD = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION provenance_watermark_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (
        NOT EXISTS (SELECT FROM dam_version WHERE id = OLD.version_id)
        OR EXISTS (
            SELECT FROM dam_brand
            WHERE id = OLD.brand_id AND closed_at IS NOT NULL AND delete_at <= now()
        )
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'A watermark keeps what it was put into';
END $$;
CREATE TRIGGER provenance_watermark_hold BEFORE UPDATE OR DELETE ON provenance_watermark
    FOR EACH ROW EXECUTE FUNCTION provenance_watermark_hold();
CREATE FUNCTION provenance_watermarks_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM provenance_watermark WHERE version_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_watermarks_of_version AFTER DELETE ON dam_version REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_watermarks_go();
"""
LET_GO = """
SET LOCAL lock_timeout = '5s';
DROP FUNCTION provenance_watermarks_go CASCADE;
DROP FUNCTION provenance_watermark_hold CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0048_fill_release_prints"), ("dam", "0121_brand_watermarks")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Watermark",
            fields=[
                ("identifier", models.BigIntegerField(primary_key=True, serialize=False)),
                ("layer", models.PositiveSmallIntegerField()),
                ("release_id", models.BigIntegerField(null=True)),
                ("preset_file_id", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="watermarks",
                        to="dam.version",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(HOLD, LET_GO),
    ]
