"""Review templates: stages with their own titles, people, numbers of approvals, days and deputies."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A process of the release before, while one is rolled out, knows nothing of these columns: whoever it deletes is
# named no more, and a brand's templates go with it.
NAMED = {
    "deputy_group": "dam_group",
    "deputy_person": "dam_user",
    "named_group": "dam_group",
    "named_person": "dam_user",
    "template": "provenance_reviewtemplate",
}
BELONGS = "\n".join(
    f"ALTER TABLE provenance_review ADD CONSTRAINT provenance_review_{name} FOREIGN KEY ({name}_id)"
    f" REFERENCES {table} ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;"
    for name, table in NAMED.items()
)
BELONGS += """
ALTER TABLE provenance_reviewtemplate ADD CONSTRAINT provenance_reviewtemplate_brand FOREIGN KEY (brand_id)
    REFERENCES dam_brand ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""

# Such a process would take one approval for a whole stage, too, and not ask whom it names. Only who says that
# they read plans decides a review that has one (provenance.review.planned_moves); taking it back, or a newer
# version, needs nothing of its plan.
ONLY_BY_PLAN = """
CREATE FUNCTION provenance_review_by_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this review has a plan, which only a newer release can read: it stays as it is'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER provenance_review_by_plan BEFORE UPDATE OF stage, state ON provenance_review
    FOR EACH ROW WHEN (
        OLD.plan <> '[]'::jsonb
        AND (
            NEW.stage <> OLD.stage
            OR OLD.state = 'open' AND NEW.state IN ('approved', 'changes_requested', 'rejected')
        )
        AND coalesce(current_setting('reelproof.plans', true), '') <> 'on'
    )
    EXECUTE FUNCTION provenance_review_by_plan();
"""
ANYHOW = """
DROP TRIGGER provenance_review_by_plan ON provenance_review;
DROP FUNCTION provenance_review_by_plan();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0088_campaigns"),
        ("provenance", "0020_comment_ranges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("stages", models.JSONField()),
                ("rule", models.CharField(blank=True, max_length=300)),
                ("by_hand", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("archived_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="decision",
            options={"ordering": ["stage", "pk"]},
        ),
        migrations.RemoveConstraint(
            model_name="decision",
            name="decision_once_for_stage",
        ),
        migrations.AddField(
            model_name="review",
            name="deputy_group",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="dam.group",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="deputy_person",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="named_group",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="dam.group",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="named_person",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="plan",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="review",
            name="stage_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="template_revision",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("review", "stage", "decided_by"), name="decision_once_for_person"
            ),
        ),
        migrations.AddField(
            model_name="reviewtemplate",
            name="brand",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="dam.brand",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="template",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="provenance.reviewtemplate",
            ),
        ),
        migrations.RunSQL(BELONGS, migrations.RunSQL.noop),
        migrations.RunSQL(ONLY_BY_PLAN, ANYHOW),
    ]
