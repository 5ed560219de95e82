"""A release is a thing of its own: one row for each signing of an approved version."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dam", "0004_latest_and_released"),
        ("provenance", "0002_review_superseded"),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uses", models.JSONField()),
                ("territories", models.JSONField()),
                ("valid_until", models.DateTimeField(null=True)),
                ("master_sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("signing", "Being signed"),
                            ("ready", "Released"),
                            ("failed", "Signing failed"),
                            ("withdrawn", "Withdrawn"),
                            ("superseded", "Superseded"),
                        ],
                        default="signing",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("signed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("content_type", models.CharField(blank=True, max_length=60)),
                ("storage_key", models.CharField(blank=True, max_length=200)),
                ("sent_at", models.DateTimeField(null=True)),
                ("sends", models.PositiveSmallIntegerField(default=0)),
                ("claim", models.CharField(blank=True, max_length=64)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="manifestrecord",
            name="manifest_record_once_for_master",
        ),
        migrations.AddField(
            model_name="release",
            name="asset",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="dam.asset"
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="brand",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="dam.brand"
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="provenance.review"
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="dam.version"
            ),
        ),
        migrations.AddField(
            model_name="manifestrecord",
            name="release",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="manifest_record",
                to="provenance.release",
            ),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(fields=["sha256"], name="release_bytes"),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(fields=["storage_key"], name="release_key"),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(
                models.F("sent_at"), condition=models.Q(("state", "signing")), name="release_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["signing", "ready"])),
                fields=("version",),
                name="release_live_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ready")), fields=("asset",), name="release_ready_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("sha256", ""), ("signed_at", None), ("state", "signing")),
                    models.Q(
                        ("ended_at", None),
                        ("signed_at__isnull", False),
                        ("size__isnull", False),
                        ("state", "ready"),
                        models.Q(("sha256", ""), _negated=True),
                        models.Q(("storage_key", ""), _negated=True),
                        models.Q(("content_type", ""), _negated=True),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("sha256", ""),
                        ("signed_at", None),
                        ("state", "failed"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(("ended_at__isnull", False), ("state__in", ["withdrawn", "superseded"])),
                    _connector="OR",
                ),
                name="release_has_what_its_state_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claim", ""), ("claimed_until", None)),
                    models.Q(models.Q(("claim", ""), _negated=True), ("claimed_until__isnull", False)),
                    _connector="OR",
                ),
                name="release_claimed_or_not",
            ),
        ),
    ]
