"""Consents: when the first that a version needs ends is kept with its terms, and narrows what is made from it.

The database does so itself, as it keeps what is inherited (0099) and when clearances end (0101): whoever
writes a consent, a link or terms need not think of it.
"""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

made_from = import_module("dam.migrations.0099_made_from")
rights_ends = import_module("dam.migrations.0101_rights_ends")

_OWN, _BOTH = (
    "rights.embargo_until, rights.valid_until\n",
    ("rights.embargo_until, least(rights.valid_until, rights.consents_until) AS valid_until\n"),
)
INHERIT_BEFORE = made_from.INHERIT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
INHERIT = INHERIT_BEFORE.replace(_OWN, _BOTH)
KEEP_BEFORE = rights_ends.KEEP.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
KEEP = KEEP_BEFORE.replace(
    "least(own.valid_until, inherited.valid_until)",
    "least(own.valid_until, own.consents_until, inherited.valid_until)",
).replace(
    "(own.valid_until IS NOT NULL OR inherited.valid_until IS NOT NULL)",
    "(own.valid_until IS NOT NULL OR own.consents_until IS NOT NULL OR inherited.valid_until IS NOT NULL)",
)
# What 0105 said of it, which replacing a function forgets.
PLANS = "ALTER FUNCTION dam_keep_ends(uuid[]) SET plan_cache_mode = force_custom_plan;"

# Terms have two ends now, of which a row that is inherited knows one.
ENDS = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION dam_keep_ends_of_terms() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys uuid[];
BEGIN
    SELECT array_agg(version_id ORDER BY version_id) INTO keys FROM changed
        WHERE valid_until IS NOT NULL OR consents_until IS NOT NULL;
    IF keys IS NOT NULL THEN
        PERFORM dam_keep_ends(keys);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION dam_keep_ends_of_changed_terms() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys uuid[];
BEGIN
    EXECUTE 'SELECT array_agg(now.version_id ORDER BY now.version_id)
        FROM was JOIN now USING (version_id)
        WHERE (was.valid_until, was.consents_until) IS DISTINCT FROM (now.valid_until, now.consents_until)'
        INTO keys;
    IF keys IS NOT NULL THEN
        PERFORM dam_keep_ends(keys);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER dam_keep_ends_termed ON dam_rightsrecord;
DROP TRIGGER dam_keep_ends_untermed ON dam_rightsrecord;
DROP TRIGGER dam_keep_ends_retermed ON dam_rightsrecord;
CREATE TRIGGER dam_keep_ends_termed AFTER INSERT ON dam_rightsrecord REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_terms();
CREATE TRIGGER dam_keep_ends_untermed AFTER DELETE ON dam_rightsrecord REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_terms();
CREATE TRIGGER dam_keep_ends_retermed AFTER UPDATE ON dam_rightsrecord
    REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_changed_terms();
"""
NO_ENDS = """
SET LOCAL lock_timeout = '5s';
DROP TRIGGER dam_keep_ends_termed ON dam_rightsrecord;
DROP TRIGGER dam_keep_ends_untermed ON dam_rightsrecord;
DROP TRIGGER dam_keep_ends_retermed ON dam_rightsrecord;
CREATE TRIGGER dam_keep_ends_termed AFTER INSERT ON dam_rightsrecord REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_rows();
CREATE TRIGGER dam_keep_ends_untermed AFTER DELETE ON dam_rightsrecord REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_rows();
CREATE TRIGGER dam_keep_ends_retermed AFTER UPDATE ON dam_rightsrecord
    REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_ends_of_changes();
DROP FUNCTION dam_keep_ends_of_terms, dam_keep_ends_of_changed_terms;
"""

# The first end among the consents of each version; terms that aren't there yet are made, and clear nothing.
CONSENTS = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION dam_keep_consents(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH said AS (
        SELECT link.version_id, min(least(consent.until, consent.withdrawn_at)) AS ends
        FROM dam_consentlink AS link JOIN dam_consent AS consent ON consent.id = link.consent_id
        WHERE link.version_id = ANY (changed) GROUP BY link.version_id
    )
    INSERT INTO dam_rightsrecord
        (version_id, licence, rights_holder, uses, territories, restriction, updated_at, consents_until)
    SELECT version_id, '', '', '[]', '["worldwide"]', '', now(), ends
        FROM said JOIN dam_version AS version ON version.id = said.version_id WHERE ends IS NOT NULL
        ORDER BY version_id
    ON CONFLICT (version_id) DO UPDATE SET consents_until = excluded.consents_until
        WHERE dam_rightsrecord.consents_until IS DISTINCT FROM excluded.consents_until;
    UPDATE dam_rightsrecord AS rights SET consents_until = NULL
        WHERE version_id = ANY (changed) AND consents_until IS NOT NULL AND NOT EXISTS (
            SELECT FROM dam_consentlink AS link JOIN dam_consent AS consent ON consent.id = link.consent_id
            WHERE link.version_id = rights.version_id
                AND (consent.until IS NOT NULL OR consent.withdrawn_at IS NOT NULL)
        );
END $$;
CREATE FUNCTION dam_keep_consents_of_links() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys uuid[];
BEGIN
    SELECT array_agg(DISTINCT version_id) INTO keys FROM changed;
    IF keys IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM dam_consent AS consent WHERE id IN (SELECT consent_id FROM changed)
            AND NOT EXISTS (SELECT FROM dam_consentlink WHERE consent_id = consent.id);
    END IF;
    PERFORM dam_keep_consents(keys);
    RETURN NULL;
END $$;
CREATE FUNCTION dam_keep_consents_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys uuid[];
BEGIN
    SELECT array_agg(DISTINCT link.version_id) INTO keys
        FROM was JOIN now USING (id) JOIN dam_consentlink AS link ON link.consent_id = now.id
        WHERE (was.until, was.withdrawn_at) IS DISTINCT FROM (now.until, now.withdrawn_at);
    IF keys IS NOT NULL THEN
        PERFORM dam_keep_consents(keys);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION dam_keep_consents_of_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dam_consentlink WHERE version_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER dam_keep_consents_linked AFTER INSERT ON dam_consentlink REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_consents_of_links();
CREATE TRIGGER dam_keep_consents_unlinked AFTER DELETE ON dam_consentlink REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_consents_of_links();
CREATE TRIGGER dam_keep_consents_changed AFTER UPDATE ON dam_consent
    REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_consents_of_changes();
CREATE TRIGGER dam_keep_consents_deleted AFTER DELETE ON dam_version REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION dam_keep_consents_of_deleted();
CREATE TRIGGER dam_consentlink_held BEFORE DELETE ON dam_consentlink
    FOR EACH ROW EXECUTE FUNCTION dam_refuse_while_held('version');
"""
NO_CONSENTS = """
SET LOCAL lock_timeout = '5s';
DROP TRIGGER dam_keep_consents_deleted ON dam_version;
DROP TRIGGER dam_keep_consents_changed ON dam_consent;
DROP TRIGGER dam_keep_consents_unlinked ON dam_consentlink;
DROP TRIGGER dam_keep_consents_linked ON dam_consentlink;
DROP TRIGGER dam_consentlink_held ON dam_consentlink;
DROP FUNCTION dam_keep_consents_of_deleted, dam_keep_consents_of_changes, dam_keep_consents_of_links;
DROP FUNCTION dam_keep_consents;
"""

# Their documents among the running facts of what is stored (dam.operations.stored).
STORED = """
CREATE FUNCTION dam_stored_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dam_storedchange (brand_id, kind, files, bytes) VALUES (
        COALESCE(NEW.brand_id, OLD.brand_id), 'consent',
        (COALESCE(NEW.storage_key, '') <> '')::int - (COALESCE(OLD.storage_key, '') <> '')::int,
        CASE WHEN COALESCE(NEW.storage_key, '') <> '' THEN NEW.size ELSE 0 END
        - CASE WHEN COALESCE(OLD.storage_key, '') <> '' THEN OLD.size ELSE 0 END
    );
    RETURN NULL;
END $$;
CREATE TRIGGER dam_stored_consent_added AFTER INSERT ON dam_consent
    FOR EACH ROW WHEN (NEW.storage_key <> '') EXECUTE FUNCTION dam_stored_consent();
CREATE TRIGGER dam_stored_consent_changed AFTER UPDATE OF storage_key, size ON dam_consent
    FOR EACH ROW WHEN (OLD.storage_key <> NEW.storage_key OR OLD.size <> NEW.size)
    EXECUTE FUNCTION dam_stored_consent();
CREATE TRIGGER dam_stored_consent_gone AFTER DELETE ON dam_consent
    FOR EACH ROW WHEN (OLD.storage_key <> '') EXECUTE FUNCTION dam_stored_consent();
"""
NOT_STORED = """
DROP FUNCTION dam_stored_consent CASCADE;
DELETE FROM dam_storedfiles WHERE kind = 'consent';
DELETE FROM dam_storedchange WHERE kind = 'consent';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0108_disclosure"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="rightsrecord",
            name="consents_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("model", "Model release"),
                            ("voice", "Voice"),
                            ("property", "Property or location"),
                            ("music", "Music"),
                            ("trademark", "Trademark"),
                            ("other", "Other"),
                        ],
                        max_length=9,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                ("covers", models.CharField(blank=True, max_length=500)),
                ("until", models.DateTimeField(null=True)),
                ("storage_key", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveIntegerField(default=0)),
                ("filename", models.CharField(blank=True, max_length=200)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=500)),
                ("forgotten_at", models.DateTimeField(null=True)),
                (
                    "added_by",
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
                    "withdrawn_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConsentLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="dam.consent"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consent_links",
                        to="dam.version",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["brand", "id"], name="consent_of_brand"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("storage_key", ""), _negated=True),
                fields=["storage_key"],
                name="consent_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentlink",
            constraint=models.UniqueConstraint(fields=("version", "consent"), name="consent_link_once"),
        ),
        migrations.RunSQL(INHERIT, INHERIT_BEFORE),
        migrations.RunSQL(KEEP + PLANS, KEEP_BEFORE + PLANS),
        migrations.RunSQL(ENDS, NO_ENDS),
        migrations.RunSQL(CONSENTS, NO_CONSENTS),
        migrations.RunSQL(STORED, NOT_STORED),
    ]
