"""Tags are suggested anew once searches ask another encoder. What one that never followed another has
suggested stands; where one did, they are suggested again."""

from django.db import migrations, models

# The first index an installation ever had is number 1: its versions had their tags as they came.
FIRST = "UPDATE dam_encoderindex SET tags_at = now() WHERE id = 1 AND state = 'active'"


class Migration(migrations.Migration):
    dependencies = [("dam", "0049_scim_mirror")]

    operations = [
        migrations.AddField(model_name="encoderindex", name="tags_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="encoderindex", name="tags_reached_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="encoderindex", name="tags_reached_id", field=models.UUIDField(null=True)
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
    ]
