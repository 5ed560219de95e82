"""Which comments name the address of which clip. The database keeps it, whoever writes the comment."""

import django.db.models.deletion
from django.db import migrations, models

BELONGS = """
ALTER TABLE provenance_commentlink ADD CONSTRAINT provenance_commentlink_comment FOREIGN KEY (comment_id)
    REFERENCES provenance_comment ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""

# An older process writes comments, too. What is found here is looked at again when it is read: whether the
# address is one of this site's (provenance.review.pointing).
KEEP = """
CREATE FUNCTION provenance_links_in(body text) RETURNS SETOF uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT named[1]::uuid FROM regexp_matches(
        body, '/assets/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})', 'gi'
    ) AS named
$$;
CREATE FUNCTION provenance_keep_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM provenance_commentlink WHERE comment_id = NEW.id;
    END IF;
    INSERT INTO provenance_commentlink (comment_id, asset_id)
        SELECT NEW.id, named.asset FROM provenance_links_in(NEW.body) AS named (asset)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_links_written AFTER INSERT ON provenance_comment
    FOR EACH ROW WHEN (NEW.body LIKE '%/assets/%') EXECUTE FUNCTION provenance_keep_links();
CREATE TRIGGER provenance_links_edited AFTER UPDATE OF body ON provenance_comment FOR EACH ROW
    WHEN (OLD.body <> NEW.body AND (OLD.body LIKE '%/assets/%' OR NEW.body LIKE '%/assets/%'))
    EXECUTE FUNCTION provenance_keep_links();
"""
FORGET = """
SET LOCAL lock_timeout = '5s';
DROP FUNCTION provenance_keep_links CASCADE;
DROP FUNCTION provenance_links_in;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0041_approving_together"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="CommentLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asset_id", models.UUIDField()),
                (
                    "comment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="provenance.comment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["asset_id", "-comment"], name="comment_link_asset")],
                "constraints": [
                    models.UniqueConstraint(fields=["comment", "asset_id"], name="comment_link_once")
                ],
            },
        ),
        migrations.RunSQL(BELONGS, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, FORGET),
    ]
