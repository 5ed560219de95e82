"""Keywords that a file brings along wait to be accepted, beside the tags that the encoder suggests."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0095_collection_revision"),
    ]

    operations = [
        migrations.AddField(
            model_name="suggestedtag",
            name="keyword",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AlterField(
            model_name="suggestedtag",
            name="score",
            field=models.FloatField(null=True),
        ),
        migrations.AlterField(
            model_name="suggestedtag",
            name="tag",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dam.tag"
            ),
        ),
        migrations.AlterField(
            model_name="suggestedtag",
            name="time_ms",
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="suggestedtag",
            constraint=models.UniqueConstraint(
                condition=~models.Q(keyword=""), fields=["asset", "keyword"], name="suggested_keyword_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestedtag",
            constraint=models.CheckConstraint(
                condition=models.Q(("tag__isnull", True), ("keyword", ""), _connector="XOR"),
                name="suggested_tag_or_keyword",
            ),
        ),
    ]
