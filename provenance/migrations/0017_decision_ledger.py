"""The ledger of decisions: numbered and hashed by the database, which refuses any change."""

import json
from datetime import UTC

import django.db.models.deletion
from django.db import migrations, models

# The hash of provenance.review.ledger. Others of the brand wait at the lock, and see this entry then.
FUNCTIONS = r"""
CREATE FUNCTION provenance_ledger_append() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE newest record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('reelproof ledger ' || NEW.brand_id, 0));
    SELECT sequence, hash INTO newest FROM provenance_ledgerentry
        WHERE brand_id = NEW.brand_id ORDER BY sequence DESC LIMIT 1;
    NEW.sequence := coalesce(newest.sequence, 0) + 1;
    NEW.previous_hash := coalesce(newest.hash, repeat('0', 64));
    NEW.hash := encode(sha256(convert_to(
        NEW.previous_hash || E'\n' || NEW.brand_id || E'\n' || NEW.sequence || E'\n' || NEW.record, 'UTF8'
    )), 'hex');
    RETURN NEW;
END $$;
CREATE TRIGGER provenance_ledger_append BEFORE INSERT ON provenance_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION provenance_ledger_append();

CREATE FUNCTION provenance_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger of decisions is append-only';
END $$;
CREATE TRIGGER provenance_ledger_append_only BEFORE UPDATE OR DELETE ON provenance_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION provenance_ledger_refuse();
"""
NO_FUNCTIONS = """
DROP TRIGGER provenance_ledger_append_only ON provenance_ledgerentry;
DROP TRIGGER provenance_ledger_append ON provenance_ledgerentry;
DROP FUNCTION provenance_ledger_refuse, provenance_ledger_append;
"""


def record_earlier(apps, schema_editor):
    """Decisions from before there was a ledger, in their order; each says that it was recorded later."""
    entry = apps.get_model("provenance", "LedgerEntry")
    decisions = apps.get_model("provenance", "Decision").objects.order_by("decided_at", "pk")
    for each in decisions.select_related("review__brand", "review__version").iterator(chunk_size=500):
        review, version = each.review, each.review.version
        record = {
            "decision": each.kind,
            "at": _when(each.decided_at),
            "by": f"user:{each.decided_by_id}",
            "role": "",
            "signed_in": "",
            "master_sha256": each.content_sha256,
            "stage": review.stages[each.stage],
            "stages": review.stages,
            "comment": each.comment,
            "uses": each.uses,
            "territories": each.territories,
            "valid_until": _when(each.valid_until) if each.valid_until else None,
            "watched": None,
            "recorded_later": True,
            "brand": review.brand.slug,
            "review": str(review.pk),
            "asset": str(version.asset_id),
            "version": str(version.pk),
            "number": version.number,
        }
        text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        entry.objects.create(
            brand_id=review.brand_id, review_id=review.pk, version_id=version.pk, record=text
        )


def _when(at):
    return at.astimezone(UTC).isoformat()


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0016_comment_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                ("review_id", models.UUIDField()),
                ("version_id", models.UUIDField()),
                ("record", models.TextField()),
                ("previous_hash", models.CharField(default="", max_length=64)),
                ("hash", models.CharField(default="", max_length=64)),
                (
                    "brand",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dam.brand",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["review_id"], name="ledger_of_review")],
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "sequence"), name="ledger_sequence_once")
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunPython(record_earlier, migrations.RunPython.noop),
    ]
