"""Whether a released version is under embargo, from an index of those few that have one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0091_upload_sha256")]

    operations = [
        migrations.AddIndex(
            "rightsrecord",
            models.Index(
                fields=["version", "embargo_until"],
                condition=models.Q(embargo_until__isnull=False),
                name="rights_embargo_of",
            ),
        )
    ]
