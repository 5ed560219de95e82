"""Recalls reach what was made from the withdrawn version, each version of that with a recall of its own.

An older release may go on writing: what it opens is spread by the new one, for the database says so itself.
Recalls from before ask whom they asked; of what is recorded later as made from their versions, they take note.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Who records what was made from what holds the brand's lock of dam.rights.making alone, and the worker that
# spreads holds it together with others before it looks: neither misses the other.
TRIGGER = """
CREATE FUNCTION provenance_recall_to_spread() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(id ORDER BY id) INTO ids FROM provenance_recall
        WHERE NOT to_spread AND version_id IN (SELECT source_id FROM changed);
    IF ids IS NOT NULL THEN
        -- In the order in which confirmations lock them.
        PERFORM FROM provenance_recall WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
        UPDATE provenance_recall SET to_spread = true WHERE id = ANY (ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_recall_linked AFTER INSERT ON dam_madefrom REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_recall_to_spread();
"""
NO_TRIGGER = """
DROP TRIGGER provenance_recall_linked ON dam_madefrom;
DROP FUNCTION provenance_recall_to_spread;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0107_field_clip_kinds"),
        ("provenance", "0026_comment_assignments"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", "SET LOCAL lock_timeout = '5s'"),
        migrations.AddField(
            model_name="recall",
            name="because_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reached",
                to="provenance.recall",
            ),
        ),
        migrations.AddField(
            model_name="recall",
            name="spread_after",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        # Those that are there are not to be spread; those that an older release opens meanwhile are.
        migrations.AddField(
            model_name="recall",
            name="to_spread",
            field=models.BooleanField(db_default=False, default=True),
        ),
        migrations.AlterField(
            model_name="recall",
            name="to_spread",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="recallnotice",
            name="asked_before",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="recall",
            name="review",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recall",
                to="provenance.review",
            ),
        ),
        migrations.AlterField(
            model_name="recall",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="recalls", to="dam.version"
            ),
        ),
        migrations.RunSQL(
            "UPDATE provenance_recall SET spread_after = (SELECT coalesce(max(id), 0) FROM dam_madefrom)",
            migrations.RunSQL.noop,
        ),
        # The foreign key of because_of is checked at the end of the transaction: before more is changed.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(
                condition=Q(("because_of", None)), fields=["brand", "-id"], name="recall_withdrawn"
            ),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(fields=["because_of", "id"], name="recall_reached"),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(condition=Q(("to_spread", True)), fields=["id"], name="recall_to_spread"),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.UniqueConstraint(fields=("because_of", "version"), name="recall_reached_once"),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=Q(("review", None), ("because_of", None), _connector="OR"),
                name="recall_has_one_cause",
            ),
        ),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
    ]
