"""An asset's newest version and the one that is released are two things."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def keep_what_is_released(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """What viewers could download until now stays visible to them."""
    asset = apps.get_model("dam", "Asset")
    rendition = apps.get_model("dam", "Rendition")
    signed = rendition.objects.filter(kind="release", version_id=models.OuterRef("latest_id"))
    asset.objects.filter(models.Exists(signed), latest__approval="approved").update(
        released_id=models.F("latest_id")
    )


class Migration(migrations.Migration):
    dependencies = [("dam", "0003_upload_code_step_claim")]

    operations = [
        migrations.RenameField("asset", "current", "latest"),
        migrations.AlterField(
            "asset",
            "latest",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="latest_of",
                to="dam.version",
            ),
        ),
        migrations.AddField(
            "asset",
            "released",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="released_of",
                to="dam.version",
            ),
        ),
        migrations.AddField(
            "version",
            "release",
            models.CharField(
                blank=True,
                choices=[
                    ("", "Not released"),
                    ("signing", "Being signed"),
                    ("ready", "Released"),
                    ("failed", "Signing failed"),
                    ("withdrawn", "Withdrawn"),
                    ("superseded", "Superseded"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.RunPython(keep_what_is_released, migrations.RunPython.noop),
    ]
