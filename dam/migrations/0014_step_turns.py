"""Steps know whose they are, so that brands and people take turns."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FILL = """
UPDATE dam_step SET brand_id = version.brand_id, user_id = version.created_by_id
FROM dam_version version WHERE version.id = dam_step.version_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


def whose(to: str, *, null: bool) -> models.ForeignKey:
    return models.ForeignKey(null=null, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [("dam", "0013_turns")]

    operations = [
        migrations.AddField("step", "brand", whose("dam.brand", null=True)),
        migrations.AddField("step", "user", whose(settings.AUTH_USER_MODEL, null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("step", "brand", whose("dam.brand", null=False)),
        migrations.AlterField("step", "user", whose(settings.AUTH_USER_MODEL, null=False)),
        migrations.AddIndex(
            "step",
            models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["brand", "user", "name", "id"],
                name="step_turn",
            ),
        ),
        migrations.AddIndex(
            "upload",
            models.Index(
                condition=models.Q(("state", "received")),
                fields=["brand", "user", "updated_at"],
                name="upload_turn",
            ),
        ),
    ]
