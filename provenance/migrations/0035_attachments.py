"""Files attached to comments and guests' remarks; the database lets them go with what they belong to."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

# An older process deletes comments and versions without knowing of these tables.
GO_ALONG = """
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION provenance_attachments_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_ARGV[0]
        WHEN 'version' THEN
            DELETE FROM provenance_attachment WHERE version_id IN (SELECT id FROM gone);
        WHEN 'comment' THEN
            DELETE FROM provenance_attachment WHERE comment_id IN (SELECT id FROM gone);
        WHEN 'remark' THEN
            DELETE FROM provenance_attachment WHERE remark_id IN (SELECT id FROM gone);
        WHEN 'link' THEN
            DELETE FROM provenance_attachment WHERE link_id IN (SELECT id FROM gone);
        WHEN 'attachment' THEN
            DELETE FROM provenance_attachmentpreview WHERE attachment_id IN (SELECT id FROM gone);
    END CASE;
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_attachments_of_version AFTER DELETE ON dam_version REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_attachments_go('version');
CREATE TRIGGER provenance_attachments_of_comment AFTER DELETE ON provenance_comment
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_attachments_go('comment');
CREATE TRIGGER provenance_attachments_of_remark AFTER DELETE ON provenance_guestremark
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_attachments_go('remark');
CREATE TRIGGER provenance_attachments_of_link AFTER DELETE ON provenance_guestlink
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_attachments_go('link');
CREATE TRIGGER provenance_previews_of_attachment AFTER DELETE ON provenance_attachment
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION provenance_attachments_go('attachment');
"""
STAY_BEHIND = """
SET LOCAL lock_timeout = '5s';
DROP FUNCTION provenance_attachments_go CASCADE;
"""

# Under legal hold what was sent stays; a draft that nobody sent doesn't belong to the clip.
HELD = """
CREATE TRIGGER provenance_attachment_held BEFORE DELETE ON provenance_attachment
    FOR EACH ROW WHEN (OLD.comment_id IS NOT NULL OR OLD.remark_id IS NOT NULL)
    EXECUTE FUNCTION dam_refuse_while_held('version');
"""
NOT_HELD = "DROP TRIGGER provenance_attachment_held ON provenance_attachment;"

# They and their previews are among the running facts of what is stored.
COUNT = """
CREATE FUNCTION provenance_stored_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO dam_storedchange (brand_id, kind, files, bytes)
            VALUES (NEW.brand_id, 'attachment', 1, NEW.size);
    ELSE
        INSERT INTO dam_storedchange (brand_id, kind, files, bytes)
            VALUES (OLD.brand_id, 'attachment', -1, -OLD.size);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER provenance_stored_attachment_changed AFTER INSERT OR DELETE ON provenance_attachment
    FOR EACH ROW EXECUTE FUNCTION provenance_stored_attachment();
CREATE TRIGGER provenance_stored_preview_changed AFTER INSERT OR DELETE ON provenance_attachmentpreview
    FOR EACH ROW EXECUTE FUNCTION provenance_stored_attachment();
"""
UNCOUNT = """
DROP FUNCTION provenance_stored_attachment CASCADE;
DELETE FROM dam_storedfiles WHERE kind = 'attachment';
DELETE FROM dam_storedchange WHERE kind = 'attachment';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0111_search_of_statements"),
        ("provenance", "0034_labelled_downloads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Attachment",
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
                ("filename", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("picture", "Image"),
                            ("video", "Video"),
                            ("sound", "Sound"),
                            ("document", "Document"),
                        ],
                        max_length=10,
                    ),
                ),
                ("format", models.CharField(max_length=40)),
                ("storage_key", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("duration_ms", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                ("reason", models.CharField(blank=True, max_length=300)),
                ("claim", models.CharField(blank=True, max_length=64)),
                ("started_at", models.DateTimeField(null=True)),
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
                    "comment",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="provenance.comment",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="provenance.guestlink",
                    ),
                ),
                (
                    "remark",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="provenance.guestremark",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dam.version",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AttachmentPreview",
            fields=[
                (
                    "attachment",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preview",
                        serialize=False,
                        to="provenance.attachment",
                    ),
                ),
                ("storage_key", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("content_type", models.CharField(max_length=60)),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
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
            ],
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["storage_key"], name="attachment_key"),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=["due_at"],
                name="attachment_due",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("comment", None), ("remark", None)),
                fields=["created_at"],
                name="attachment_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("comment", None), ("remark", None), _connector="OR"),
                name="attachment_to_one",
            ),
        ),
        migrations.AddIndex(
            model_name="attachmentpreview",
            index=models.Index(fields=["storage_key"], name="attachment_preview_key"),
        ),
        migrations.RunSQL(GO_ALONG, STAY_BEHIND),
        migrations.RunSQL(HELD, NOT_HELD),
        migrations.RunSQL(COUNT, UNCOUNT),
    ]
