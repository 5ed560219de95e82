"""The hash of a released file's pictures. An older release of the product knows none and keeps none."""

from django.db import migrations, models

# As it was, with the new column among those that are written once, with the file.
HOLD = """
CREATE OR REPLACE FUNCTION provenance_release_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    work CONSTANT text[] := ARRAY[
        'sent_at', 'sends', 'claim', 'claimed_until', 'started_at', 'attempts', 'interruptions', 'reason'
    ];
    ending CONSTANT text[] := ARRAY['state', 'reason', 'ended_at', 'claim', 'claimed_until'];
    signing CONSTANT text[] := ending || ARRAY[
        'signed_at', 'sha256', 'size', 'content_type', 'storage_key', 'pictures_sha256'
    ];
    may_change text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (
            SELECT FROM dam_brand
            WHERE id = OLD.brand_id AND closed_at IS NOT NULL AND delete_at <= now()
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'Releases are never deleted';
    END IF;
    may_change := CASE
        WHEN OLD.state = 'signing' AND NEW.state = 'signing' THEN work
        WHEN OLD.state = 'signing' AND NEW.state = 'ready' THEN signing
        WHEN OLD.state = 'signing' AND NEW.state IN ('failed', 'withdrawn', 'superseded') THEN ending
        WHEN OLD.state = 'ready' AND NEW.state IN ('withdrawn', 'superseded') THEN ending
        WHEN OLD.state = 'superseded' AND NEW.state = 'withdrawn' THEN ending
        ELSE ARRAY[]::text[]
    END;
    IF to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'A release keeps what it says: % -> %', OLD.state, NEW.state;
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0038_evidence_files")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        *(
            migrations.AddField(
                model_name=table,
                name="pictures_sha256",
                field=models.CharField(blank=True, db_default="", default="", max_length=64),
            )
            for table in ("release", "presetfile")
        ),
        migrations.RunSQL(HOLD, migrations.RunSQL.noop),
    ]
