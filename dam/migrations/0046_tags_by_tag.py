"""Which assets have a tag, answered by an index alone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dam", "0045_setup")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX asset_tags_by_tag ON dam_asset_tags (tag_id, asset_id)",
            "DROP INDEX asset_tags_by_tag",
        ),
    ]
