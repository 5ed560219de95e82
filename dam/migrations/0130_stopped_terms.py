"""What stops by what it was made from is found without reading all that was made from something."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0144_saved_pictures")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddIndex(
            "inheritedterms",
            models.Index(
                condition=models.Q(("stopped", True)), fields=["version"], name="inherited_stopped_of"
            ),
        ),
    ]
