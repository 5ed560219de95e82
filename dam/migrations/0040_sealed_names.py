import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0039_running_steps"),
    ]

    operations = [
        # The column stays as it is: what stands in it is under the seals of earlier events.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField(model_name="event", old_name="actor_name", new_name="sealed_name"),
                migrations.AlterField(
                    model_name="event",
                    name="sealed_name",
                    field=models.CharField(blank=True, db_column="actor_name", default="", max_length=120),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SealedName",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("reference", models.CharField(db_index=True, max_length=40)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("salt", models.CharField(blank=True, max_length=32)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("erased_at", None)),
                        fields=("reference", "name"),
                        name="sealed_name_once",
                    )
                ],
            },
        ),
        migrations.AlterField(
            model_name="event",
            name="target",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="event",
            name="about_ref",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="event",
            name="about_label",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dam.sealedname",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="actor_label",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dam.sealedname",
            ),
        ),
    ]
