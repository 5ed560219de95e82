"""A file may come in as the next version of an asset, and each version says how it came."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def keep_how_each_came(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Until now an asset had one version, so what was said of the one holds for the other."""
    version = apps.get_model("dam", "Version")
    version.objects.filter(asset__origin="generated").update(origin="generated")


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0004_latest_and_released"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="asset",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="dam.asset",
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="origin",
            field=models.CharField(
                choices=[("generated", "Generated"), ("uploaded", "Uploaded")],
                default="uploaded",
                max_length=10,
            ),
        ),
        migrations.RunPython(keep_how_each_came, migrations.RunPython.noop),
    ]
