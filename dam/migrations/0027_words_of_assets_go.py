"""Documents take the place of the words kept with assets; those of earlier assets are built by a worker."""

import django.db.models.deletion
from django.db import migrations, models

BUILD = """
INSERT INTO dam_documentbuild (brand_id)
SELECT id FROM dam_brand WHERE EXISTS (SELECT FROM dam_asset WHERE brand_id = dam_brand.id);
"""


class Migration(migrations.Migration):
    dependencies = [("dam", "0026_null_queries")]

    operations = [
        migrations.RemoveIndex(model_name="asset", name="asset_words"),
        migrations.RemoveField(model_name="asset", name="search_vector"),
        migrations.DeleteModel("DocumentBuild"),
        migrations.CreateModel(
            name="DocumentBuild",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.DateTimeField(null=True)),
                (
                    "brand",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dam.brand"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(BUILD, migrations.RunSQL.noop),
    ]
