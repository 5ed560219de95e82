"""Releases among the running facts of what is stored (dam.operations.stored)."""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION provenance_stored_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dam_storedchange (brand_id, kind, files, bytes) VALUES (
        COALESCE(NEW.brand_id, OLD.brand_id), 'release',
        (COALESCE(NEW.storage_key, '') <> '')::int - (COALESCE(OLD.storage_key, '') <> '')::int,
        CASE WHEN COALESCE(NEW.storage_key, '') <> '' THEN COALESCE(NEW.size, 0) ELSE 0 END
        - CASE WHEN COALESCE(OLD.storage_key, '') <> '' THEN COALESCE(OLD.size, 0) ELSE 0 END
    );
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_stored_release_added AFTER INSERT ON provenance_release
    FOR EACH ROW WHEN (NEW.storage_key <> '') EXECUTE FUNCTION provenance_stored_release();
CREATE TRIGGER provenance_stored_release_signed AFTER UPDATE OF storage_key, size ON provenance_release
    FOR EACH ROW WHEN (
        OLD.storage_key <> NEW.storage_key OR OLD.size IS DISTINCT FROM NEW.size
    ) EXECUTE FUNCTION provenance_stored_release();
CREATE TRIGGER provenance_stored_release_gone AFTER DELETE ON provenance_release
    FOR EACH ROW WHEN (OLD.storage_key <> '') EXECUTE FUNCTION provenance_stored_release();

INSERT INTO dam_storedfiles (brand_id, kind, files, bytes)
    SELECT brand_id, 'release', count(*), COALESCE(sum(size), 0) FROM provenance_release
    WHERE storage_key <> '' GROUP BY brand_id
    -- Of an installation whose releases were renditions those were counted already, and taken away
    -- again when they moved: those changes are still to be added.
    ON CONFLICT (brand_id, kind) DO UPDATE SET
        files = dam_storedfiles.files + EXCLUDED.files, bytes = dam_storedfiles.bytes + EXCLUDED.bytes;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0008_comments_are_searched"),
        ("dam", "0034_stored_files"),
    ]

    operations = [
        migrations.RunSQL(
            FOLLOW,
            "DROP FUNCTION provenance_stored_release CASCADE;"
            "DELETE FROM dam_storedfiles WHERE kind = 'release';",
        )
    ]
