"""While a legal hold stands on an asset the database deletes neither it nor what belongs to it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Tables of other apps that belong to an asset take the same function, by how they lead to it.
REFUSE = """
CREATE FUNCTION dam_refuse_while_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held boolean;
BEGIN
    CASE TG_ARGV[0]
        WHEN 'itself' THEN
            held := OLD.held_at IS NOT NULL;
        WHEN 'asset' THEN
            held := EXISTS (SELECT FROM dam_asset WHERE id = OLD.asset_id AND held_at IS NOT NULL);
        WHEN 'version' THEN
            held := EXISTS (
                SELECT FROM dam_version v JOIN dam_asset a ON a.id = v.asset_id
                WHERE v.id = OLD.version_id AND a.held_at IS NOT NULL
            );
    END CASE;
    IF held THEN
        RAISE EXCEPTION 'Under legal hold: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER dam_asset_held BEFORE DELETE ON dam_asset
    FOR EACH ROW EXECUTE FUNCTION dam_refuse_while_held('itself');
CREATE TRIGGER dam_version_held BEFORE DELETE ON dam_version
    FOR EACH ROW EXECUTE FUNCTION dam_refuse_while_held('asset');
CREATE TRIGGER dam_rendition_held BEFORE DELETE ON dam_rendition
    FOR EACH ROW EXECUTE FUNCTION dam_refuse_while_held('version');
CREATE TRIGGER dam_rightsrecord_held BEFORE DELETE ON dam_rightsrecord
    FOR EACH ROW EXECUTE FUNCTION dam_refuse_while_held('version');
"""
ALLOW = """
DROP TRIGGER dam_asset_held ON dam_asset;
DROP TRIGGER dam_version_held ON dam_version;
DROP TRIGGER dam_rendition_held ON dam_rendition;
DROP TRIGGER dam_rightsrecord_held ON dam_rightsrecord;
DROP FUNCTION dam_refuse_while_held();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0053_storage_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="held_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="asset",
            name="held_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="hold_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                condition=models.Q(("held_at__isnull", False)),
                fields=["brand", "-created_at", "-id"],
                name="asset_held",
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
