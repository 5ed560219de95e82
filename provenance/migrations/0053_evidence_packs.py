"""Evidence packs of releases; the database lets them go with their release, and counts their files."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# An older process deletes a brand's releases, or a person, without knowing of this table.
TRIGGERS = """
CREATE FUNCTION provenance_evidence_packs_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM provenance_evidencepack WHERE release_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_evidence_packs_of_release AFTER DELETE ON provenance_release
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION provenance_evidence_packs_go();
CREATE FUNCTION provenance_evidence_packs_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE provenance_evidencepack SET user_id = NULL WHERE user_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_evidence_packs_of_user AFTER DELETE ON dam_user
    FOR EACH ROW EXECUTE FUNCTION provenance_evidence_packs_stay();
CREATE FUNCTION provenance_stored_evidence_pack() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dam_storedchange (brand_id, kind, files, bytes) VALUES (
        COALESCE(NEW.brand_id, OLD.brand_id), 'evidence_pack',
        (COALESCE(NEW.storage_key, '') <> '')::int - (COALESCE(OLD.storage_key, '') <> '')::int,
        CASE WHEN COALESCE(NEW.storage_key, '') <> '' THEN COALESCE(NEW.size, 0) ELSE 0 END
        - CASE WHEN COALESCE(OLD.storage_key, '') <> '' THEN COALESCE(OLD.size, 0) ELSE 0 END
    );
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_stored_evidence_pack_changed AFTER UPDATE OF storage_key ON provenance_evidencepack
    FOR EACH ROW WHEN (OLD.storage_key <> NEW.storage_key)
    EXECUTE FUNCTION provenance_stored_evidence_pack();
CREATE TRIGGER provenance_stored_evidence_pack_gone AFTER DELETE ON provenance_evidencepack
    FOR EACH ROW WHEN (OLD.storage_key <> '') EXECUTE FUNCTION provenance_stored_evidence_pack();
"""
GO = """
DROP FUNCTION provenance_evidence_packs_go CASCADE;
DROP FUNCTION provenance_evidence_packs_stay CASCADE;
DROP FUNCTION provenance_stored_evidence_pack CASCADE;
DELETE FROM dam_storedfiles WHERE kind = 'evidence_pack';
DELETE FROM dam_storedchange WHERE kind = 'evidence_pack';
"""
SET = "SET LOCAL lock_timeout = '5s'"


def _link(to: str, on_delete: object, **options: object) -> models.ForeignKey:
    given = {"db_constraint": False, "db_index": False, "related_name": "+", **options}
    return models.ForeignKey(to=to, on_delete=on_delete, **given)


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0120_inherited_model_licences"),
        ("provenance", "0052_manifests_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(SET, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="EvidencePack",
            fields=[
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("interruptions", models.PositiveSmallIntegerField(default=0)),
                ("sends", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("brand", _link("dam.brand", django.db.models.deletion.CASCADE)),
                (
                    "release",
                    _link(
                        "provenance.release", django.db.models.deletion.CASCADE, related_name="evidence_packs"
                    ),
                ),
                (
                    "user",
                    _link(
                        settings.AUTH_USER_MODEL,
                        django.db.models.deletion.SET_NULL,
                        null=True,
                        db_index=True,
                    ),
                ),
                ("with_file", models.BooleanField(default=False)),
                ("language", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("claim", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("up_to", models.PositiveBigIntegerField(null=True)),
                ("files", models.PositiveIntegerField(null=True)),
                ("signed", models.BooleanField(default=False)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("storage_key", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["release", "-created_at"], name="evidence_pack_newest"),
                    models.Index(fields=["brand", "-created_at"], name="evidence_pack_of_brand"),
                    models.Index(fields=["storage_key"], name="evidence_pack_key"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["due_at"],
                        name="evidence_pack_due",
                    ),
                    models.Index(fields=["created_at"], name="evidence_pack_made"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=("release",),
                        name="evidence_pack_under_way_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                models.Q(("sha256", ""), _negated=True),
                                models.Q(("storage_key", ""), _negated=True),
                                ("size__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="evidence_pack_ready_or_not",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, GO),
    ]
