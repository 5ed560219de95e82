"""Files that no row names are no finding any more: what an earlier check wrote of them goes."""

from typing import Any

from django.db import migrations, models
from django.db.models import Count, F, Q


def forget_orphans(apps: Any, schema_editor: Any) -> None:
    checks, findings = apps.get_model("dam", "StorageCheck"), apps.get_model("dam", "StorageFinding")
    orphans = findings.objects.filter(problem="orphaned")
    repaired = orphans.exclude(repair="").values("check_run").annotate(n=Count("pk")).order_by()
    for key, count in repaired.values_list("check_run", "n"):
        checks.objects.filter(Q(pk=key, repaired__gte=count)).update(repaired=F("repaired") - count)
    orphans.delete()
    checks.objects.update(orphaned=0)


class Migration(migrations.Migration):
    dependencies = [("dam", "0055_trash_order")]

    operations = [
        migrations.RunPython(forget_orphans, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="storagefinding",
            name="problem",
            field=models.CharField(choices=[("missing", "Missing"), ("altered", "Altered")], max_length=8),
        ),
        migrations.AlterField(
            model_name="storagefinding",
            name="repair",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not repaired"),
                    ("from_backup", "Taken back from the backup"),
                    ("made_again", "Being made again"),
                    ("nothing", "Right when it was its turn"),
                ],
                default="",
                max_length=11,
            ),
        ),
    ]
