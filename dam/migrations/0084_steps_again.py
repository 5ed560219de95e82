"""Steps that are done again, which hold up no version that was ready."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dam", "0083_prompt_meanings")]

    operations = [
        migrations.AddField(
            model_name="step",
            name="again",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
