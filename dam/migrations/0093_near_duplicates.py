"""What clips look like, and the pairs of them that look alike."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# What refers to a version, brand or person goes or is emptied with it, whoever deletes it: a process of the
# release before knows nothing of these tables.
BELONGS = """
ALTER TABLE dam_versionprint ADD CONSTRAINT dam_versionprint_version FOREIGN KEY (version_id)
    REFERENCES dam_version ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_nearpair ADD CONSTRAINT dam_nearpair_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_nearpair ADD CONSTRAINT dam_nearpair_one FOREIGN KEY (one_id)
    REFERENCES dam_version ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_nearpair ADD CONSTRAINT dam_nearpair_two FOREIGN KEY (two_id)
    REFERENCES dam_version ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dam_nearpair ADD CONSTRAINT dam_nearpair_different_by FOREIGN KEY (different_by_id)
    REFERENCES dam_user ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0092_embargoes"),
    ]

    operations = [
        migrations.CreateModel(
            name="VersionPrint",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="print",
                        serialize=False,
                        to="dam.version",
                    ),
                ),
                ("made", models.PositiveSmallIntegerField()),
                ("length_ms", models.PositiveBigIntegerField()),
                ("content", models.BinaryField()),
                (
                    "tokens",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["tokens"], name="version_print_tokens")
                ],
            },
        ),
        migrations.CreateModel(
            name="NearPair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("one_sha256", models.CharField(max_length=64)),
                ("two_sha256", models.CharField(max_length=64)),
                ("share", models.FloatField()),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("different_at", models.DateTimeField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
                (
                    "different_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dam.version",
                    ),
                ),
                (
                    "two",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dam.version",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("different_at", None)),
                        fields=["brand", "-id"],
                        name="near_pair_open",
                    ),
                    models.Index(
                        condition=models.Q(("different_at__isnull", False)),
                        fields=["brand", "-different_at", "-id"],
                        name="near_pair_different",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "one_sha256", "two_sha256"), name="near_pair_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("one_sha256__lt", models.F("two_sha256"))),
                        name="near_pair_in_order",
                    ),
                ],
            },
        ),
        migrations.RunSQL(BELONGS, migrations.RunSQL.noop),
    ]
