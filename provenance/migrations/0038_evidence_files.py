"""Documents given as evidence with an approval; the database lets them go with their review."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


# An older process deletes reviews without knowing of this table.
GO_ALONG = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION provenance_evidence_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM provenance_evidencefile WHERE review_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_evidence_of_review AFTER DELETE ON provenance_review REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_evidence_goes();
"""
STAYS_BEHIND = """
SET LOCAL lock_timeout = '5s';
DROP FUNCTION provenance_evidence_goes CASCADE;
"""

# Under legal hold what a decision has stays; a draft doesn't belong to the clip.
HELD = """
CREATE TRIGGER provenance_evidencefile_held BEFORE DELETE ON provenance_evidencefile
    FOR EACH ROW WHEN (OLD.decision_id IS NOT NULL) EXECUTE FUNCTION dam_refuse_while_held('version');
"""
NOT_HELD = "DROP TRIGGER provenance_evidencefile_held ON provenance_evidencefile;"

# Among the running facts of what is stored (dam.operations.stored).
COUNT = """
CREATE FUNCTION provenance_stored_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO dam_storedchange (brand_id, kind, files, bytes)
            VALUES (NEW.brand_id, 'evidence', 1, NEW.size);
    ELSE
        INSERT INTO dam_storedchange (brand_id, kind, files, bytes)
            VALUES (OLD.brand_id, 'evidence', -1, -OLD.size);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_stored_evidence_changed AFTER INSERT OR DELETE ON provenance_evidencefile
    FOR EACH ROW EXECUTE FUNCTION provenance_stored_evidence();
"""
UNCOUNT = """
DROP FUNCTION provenance_stored_evidence CASCADE;
DELETE FROM dam_storedfiles WHERE kind = 'evidence';
DELETE FROM dam_storedchange WHERE kind = 'evidence';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0037_checklist_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="EvidenceFile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("question", models.BigIntegerField()),
                ("filename", models.CharField(max_length=200)),
                ("storage_key", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "decision",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="provenance.decision",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="provenance.review",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dam.version",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["storage_key"], name="evidence_key"),
                    models.Index(
                        condition=models.Q(("decision", None)), fields=["created_at"], name="evidence_draft"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decision", None)),
                        fields=("review", "user", "question"),
                        name="evidence_draft_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(GO_ALONG, STAYS_BEHIND),
        migrations.RunSQL(HELD, NOT_HELD),
        migrations.RunSQL(COUNT, UNCOUNT),
    ]
