"""The indexes of the library's other orders, and that of kinds.

Each is built beside the work and before what it replaces goes, so that people write, and the approval filter
stays quick, while a large library is brought up. Interrupted, it begins again: an index that was left half
built goes first.
"""

from collections.abc import Iterable
from typing import Any

import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

import dam.core.sorting


def _anew(model: str, index: models.Index) -> Iterable[Any]:
    leftover = migrations.RunSQL(
        f'DROP INDEX CONCURRENTLY IF EXISTS "{index.name}"', reverse_sql=migrations.RunSQL.noop
    )
    return leftover, AddIndexConcurrently(model, index)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("dam", "0069_bulk_edits"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                *_anew("version", models.Index(fields=["brand", "kind"], name="version_kind"))
            ]
        ),
        *_anew(
            "asset",
            models.Index(
                models.F("brand"),
                django.db.models.functions.text.Left(dam.core.sorting.Alphabetical(models.F("title")), 100),
                models.F("id"),
                name="asset_by_name",
            ),
        ),
        *_anew(
            "rightsrecord",
            models.Index(
                condition=models.Q(("valid_until__isnull", False)),
                fields=["valid_until", "version"],
                name="rights_end",
            ),
        ),
        *_anew(
            "version",
            models.Index(fields=["brand", "approval", "-created_at", "-id"], name="version_by_approval"),
        ),
        *_anew("version", models.Index(fields=["brand", "duration_ms", "id"], name="version_by_duration")),
        RemoveIndexConcurrently("version", "version_approval"),
        RemoveIndexConcurrently("version", "version_duration"),
    ]
