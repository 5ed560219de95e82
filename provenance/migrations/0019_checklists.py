"""Checklists of a review: their questions, and what was answered with a decision."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0085_content_of_versions"),
        ("provenance", "0018_ledger_search_path"),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="checklist",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.CreateModel(
            name="ChecklistQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.CharField(max_length=10)),
                ("shipped", models.CharField(blank=True, max_length=20)),
                ("words", models.CharField(max_length=300)),
                ("help", models.CharField(blank=True, max_length=1000)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("required", models.BooleanField(default=True)),
                ("stops", models.BooleanField(default=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dam.brand"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("shipped", ""), _negated=True),
                        fields=("brand", "shipped"),
                        name="question_shipped_once",
                    )
                ],
            },
        ),
    ]
