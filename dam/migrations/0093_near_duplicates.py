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
ALTER TABLE dam_commontoken ADD CONSTRAINT dam_commontoken_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;

-- Whether a pair is live is never what a writer says, but what its clips say.
CREATE FUNCTION dam_nearpair_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.live := 2 = (
        SELECT count(*) FROM dam_asset WHERE latest_id IN (NEW.one_id, NEW.two_id) AND trashed_at IS NULL
    );
    RETURN NEW;
END $$;
CREATE TRIGGER dam_nearpair_live BEFORE INSERT OR UPDATE OF one_id, two_id, live ON dam_nearpair
    FOR EACH ROW EXECUTE FUNCTION dam_nearpair_live();

-- For all clips of a statement at once, and in one order: two who move many that look alike queue up.
CREATE FUNCTION dam_nearpair_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved uuid[];
BEGIN
    SELECT array_agg(DISTINCT version) INTO moved
        FROM was JOIN now USING (id), unnest(ARRAY[was.latest_id, now.latest_id]) AS version
        WHERE was.latest_id IS DISTINCT FROM now.latest_id
        OR (was.trashed_at IS NULL) <> (now.trashed_at IS NULL);
    IF moved IS NOT NULL THEN
        PERFORM FROM dam_nearpair WHERE one_id = ANY (moved) OR two_id = ANY (moved)
            ORDER BY id FOR NO KEY UPDATE;
        UPDATE dam_nearpair SET live = live WHERE one_id = ANY (moved) OR two_id = ANY (moved);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dam_nearpair_follow AFTER UPDATE ON dam_asset
    REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION dam_nearpair_follow();

-- It is found again when the file comes back; only what somebody said is not.
CREATE FUNCTION dam_nearpair_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dam_nearpair WHERE id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER dam_nearpair_gone AFTER UPDATE OF one_id, two_id ON dam_nearpair FOR EACH ROW
    WHEN ((NEW.one_id IS NULL OR NEW.two_id IS NULL) AND NEW.different_at IS NULL)
    EXECUTE FUNCTION dam_nearpair_gone();
"""
NO_FUNCTIONS = """
DROP TRIGGER dam_nearpair_follow ON dam_asset;
DROP TRIGGER dam_nearpair_live ON dam_nearpair;
DROP TRIGGER dam_nearpair_gone ON dam_nearpair;
DROP FUNCTION dam_nearpair_follow, dam_nearpair_live, dam_nearpair_gone;
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
                ("method", models.PositiveSmallIntegerField()),
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
            name="CommonToken",
            fields=[
                ("token", models.IntegerField(primary_key=True, serialize=False)),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
            ],
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
                ("live", models.BooleanField(default=False)),
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
                        condition=models.Q(("different_at", None), ("live", True)),
                        fields=["brand", "-id"],
                        name="near_pair_open",
                    ),
                    models.Index(
                        condition=models.Q(("different_at__isnull", False), ("live", True)),
                        fields=["brand", "-id"],
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
        migrations.RunSQL(BELONGS, NO_FUNCTIONS),
    ]
