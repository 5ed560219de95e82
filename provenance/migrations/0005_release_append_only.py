"""Manifest records belong to releases; and the database holds what a release says of itself."""

from django.db import migrations, models

HOLD = """
CREATE FUNCTION provenance_release_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    work CONSTANT text[] := ARRAY['sent_at', 'sends', 'claim', 'claimed_until', 'started_at', 'attempts', 'reason'];
    ending CONSTANT text[] := ARRAY['state', 'reason', 'ended_at', 'claim', 'claimed_until'];
    signing CONSTANT text[] := ending || ARRAY['signed_at', 'sha256', 'size', 'content_type', 'storage_key'];
    may_change text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
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
CREATE TRIGGER provenance_release_hold BEFORE UPDATE OR DELETE ON provenance_release
    FOR EACH ROW EXECUTE FUNCTION provenance_release_hold();
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0004_releases_of_renditions")]

    operations = [
        migrations.RemoveField(model_name="manifestrecord", name="rendition"),
        migrations.AddConstraint(
            model_name="manifestrecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("release", None)),
                fields=("version",),
                name="manifest_record_once_for_master",
            ),
        ),
        migrations.RunSQL(
            HOLD,
            "DROP TRIGGER provenance_release_hold ON provenance_release; DROP FUNCTION provenance_release_hold();",
        ),
    ]
