"""Renewed files of releases; the database lets them go with their release, and counts them."""

import django.db.models.deletion
from django.db import migrations, models

# An older process deletes a brand's releases without knowing of this table.
TRIGGERS = """
CREATE FUNCTION provenance_renewals_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM provenance_releaserenewal WHERE release_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_renewals_of_release AFTER DELETE ON provenance_release
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION provenance_renewals_go();
CREATE FUNCTION provenance_stored_renewal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dam_storedchange (brand_id, kind, files, bytes) VALUES (
        COALESCE(NEW.brand_id, OLD.brand_id), 'release_renewal',
        (COALESCE(NEW.storage_key, '') <> '')::int - (COALESCE(OLD.storage_key, '') <> '')::int,
        CASE WHEN COALESCE(NEW.storage_key, '') <> '' THEN COALESCE(NEW.size, 0) ELSE 0 END
        - CASE WHEN COALESCE(OLD.storage_key, '') <> '' THEN COALESCE(OLD.size, 0) ELSE 0 END
    );
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_stored_renewal_added AFTER INSERT ON provenance_releaserenewal
    FOR EACH ROW WHEN (NEW.storage_key <> '') EXECUTE FUNCTION provenance_stored_renewal();
CREATE TRIGGER provenance_stored_renewal_changed AFTER UPDATE OF storage_key ON provenance_releaserenewal
    FOR EACH ROW WHEN (OLD.storage_key <> NEW.storage_key) EXECUTE FUNCTION provenance_stored_renewal();
CREATE TRIGGER provenance_stored_renewal_gone AFTER DELETE ON provenance_releaserenewal
    FOR EACH ROW WHEN (OLD.storage_key <> '') EXECUTE FUNCTION provenance_stored_renewal();
"""
GO = """
DROP FUNCTION provenance_renewals_go CASCADE;
DROP FUNCTION provenance_stored_renewal CASCADE;
DELETE FROM dam_storedfiles WHERE kind = 'release_renewal';
DELETE FROM dam_storedchange WHERE kind = 'release_renewal';
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0064_remarks_drawn")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="ReleaseRenewal",
            fields=[
                (
                    "release",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="renewal",
                        serialize=False,
                        to="provenance.release",
                    ),
                ),
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
                ("at", models.DateTimeField(null=True)),
                ("authority", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("storage_key", models.CharField(blank=True, max_length=200)),
                ("problem", models.TextField(blank=True)),
                ("tried_at", models.DateTimeField()),
                ("given_up", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sha256", ""), _negated=True),
                        fields=["sha256"],
                        name="renewal_bytes",
                    ),
                    models.Index(fields=["storage_key"], name="renewal_key"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("at", None), ("sha256", ""), ("storage_key", "")),
                            models.Q(
                                ("at__isnull", False),
                                ("size__isnull", False),
                                models.Q(("sha256", ""), _negated=True),
                                models.Q(("storage_key", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="renewal_has_its_file",
                    )
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, GO),
    ]
