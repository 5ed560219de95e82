from django.db import migrations

REFUSE = """
CREATE FUNCTION dam_event_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The one change allowed: forgetting who, when a person's account is deleted.
    IF TG_OP = 'UPDATE' AND NEW.actor_id IS NULL AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only';
END $$;
CREATE TRIGGER dam_event_append_only BEFORE UPDATE OR DELETE ON dam_event
    FOR EACH ROW EXECUTE FUNCTION dam_event_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("dam", "0001_initial")]

    operations = [
        migrations.RunSQL(
            REFUSE,
            "DROP TRIGGER dam_event_append_only ON dam_event; DROP FUNCTION dam_event_refuse_change();",
        )
    ]
