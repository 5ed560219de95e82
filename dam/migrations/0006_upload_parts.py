"""Uploads are staged in storage; what older versions received in the scratch folder goes along."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import migrations, models

RESEND = "Reelproof was updated during this upload, and the uploaded part was lost. Upload the file again."


def bring_along(apps, schema_editor):
    uploads = apps.get_model("dam", "Upload").objects
    scratch = Path(settings.SCRATCH_DIR) / "uploads"
    staging = None if settings.STORAGE.startswith("s3://") else Path(settings.STORAGE) / "staging" / "uploads"
    for upload in uploads.filter(state__in=["receiving", "received"], received__gt=0):
        came = scratch / f"{upload.pk}.part"
        if staging is not None and came.is_file() and came.stat().st_size >= upload.received:
            staging.mkdir(parents=True, exist_ok=True)
            shutil.move(came, staging / str(upload.pk))
        else:
            uploads.filter(pk=upload.pk).update(state="refused", code="damaged", reason=RESEND)


class Migration(migrations.Migration):
    dependencies = [("dam", "0005_next_versions")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="parts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddIndex(
            model_name="version",
            index=models.Index(fields=["storage_key"], name="version_key"),
        ),
        migrations.AddIndex(
            model_name="rendition",
            index=models.Index(fields=["storage_key"], name="rendition_key"),
        ),
        migrations.RunPython(bring_along, migrations.RunPython.noop, elidable=True),
    ]
