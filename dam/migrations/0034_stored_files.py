"""Triggers that note what every statement adds to storage and takes away, and what is there so far."""

from django.db import migrations

# One row for each brand and kind that a statement touched: nobody waits for another's counter.
FOLLOW = """
CREATE FUNCTION dam_stored_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    INSERT INTO dam_storedchange (brand_id, kind, files, bytes)
        SELECT brand_id, 'master', sign * count(*), sign * sum(size) FROM changed
        GROUP BY brand_id;
    RETURN NULL;
END $$;
CREATE TRIGGER dam_stored_version_added AFTER INSERT ON dam_version
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dam_stored_version();
CREATE TRIGGER dam_stored_version_gone AFTER DELETE ON dam_version
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dam_stored_version();

CREATE FUNCTION dam_stored_rendition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    INSERT INTO dam_storedchange (brand_id, kind, files, bytes)
        SELECT v.brand_id, c.kind, sign * count(*), sign * sum(c.size)
        FROM changed c JOIN dam_version v ON v.id = c.version_id GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER dam_stored_rendition_added AFTER INSERT ON dam_rendition
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dam_stored_rendition();
CREATE TRIGGER dam_stored_rendition_gone AFTER DELETE ON dam_rendition
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dam_stored_rendition();

CREATE FUNCTION dam_stored_rendition_resized() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dam_storedchange (brand_id, kind, files, bytes)
        SELECT brand_id, NEW.kind, 0, NEW.size - OLD.size FROM dam_version WHERE id = NEW.version_id;
    RETURN NULL;
END $$;
CREATE TRIGGER dam_stored_rendition_resized AFTER UPDATE OF size ON dam_rendition
    FOR EACH ROW WHEN (OLD.size <> NEW.size) EXECUTE FUNCTION dam_stored_rendition_resized();

CREATE FUNCTION dam_stored_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    INSERT INTO dam_storedchange (brand_id, kind, files, bytes)
        SELECT v.brand_id, r.kind, sign * count(*), sign * sum(c.size)
        FROM changed c JOIN dam_rendition r ON r.id = c.rendition_id
        JOIN dam_version v ON v.id = r.version_id GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER dam_stored_part_added AFTER INSERT ON dam_renditionpart
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dam_stored_part();
CREATE TRIGGER dam_stored_part_gone AFTER DELETE ON dam_renditionpart
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dam_stored_part();

INSERT INTO dam_storedfiles (brand_id, kind, files, bytes)
    SELECT brand_id, kind, count(*), sum(size) FROM (
        SELECT brand_id, 'master' AS kind, size FROM dam_version
        UNION ALL SELECT v.brand_id, r.kind, r.size
            FROM dam_rendition r JOIN dam_version v ON v.id = r.version_id
        UNION ALL SELECT v.brand_id, r.kind, p.size
            FROM dam_renditionpart p JOIN dam_rendition r ON r.id = p.rendition_id
            JOIN dam_version v ON v.id = r.version_id
    ) AS known GROUP BY brand_id, kind;
"""
LEAVE = """
DROP FUNCTION dam_stored_version, dam_stored_rendition, dam_stored_rendition_resized, dam_stored_part CASCADE;
DELETE FROM dam_storedchange;
DELETE FROM dam_storedfiles;
"""


class Migration(migrations.Migration):
    dependencies = [("dam", "0033_operations")]

    operations = [migrations.RunSQL(FOLLOW, LEAVE)]
