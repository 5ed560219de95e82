"""Bringing a library up to the indexes of its orders."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.models import AddIndex, RemoveIndex

BEFORE, INDEXES = ("dam", "0069_bulk_edits"), ("dam", "0070_orders_of_clips")
MADE = {"asset_by_name", "rights_end", "version_by_approval", "version_by_duration", "version_kind"}


@pytest.mark.django_db(transaction=True)
def test_building_the_indexes_is_done_beside_the_work_and_can_begin_again() -> None:
    loader = MigrationLoader(connection)
    migration = loader.get_migration(*INDEXES)
    assert not migration.atomic
    with connection.cursor() as cursor:  # as a server that went away while it was building leaves it
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'rights_end'::regclass")
    with connection.schema_editor(atomic=False) as editor:
        migration.apply(loader.project_state([BEFORE]), editor)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE relname = ANY(%s)",
            [[*MADE, "version_approval", "version_duration"]],
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(MADE, True)


def test_what_an_index_replaces_goes_when_it_is_there() -> None:
    operations = MigrationLoader(None).get_migration(*INDEXES).operations
    of_indexes = [each for each in operations if isinstance(each, AddIndex | RemoveIndex)]
    kinds = [isinstance(each, RemoveIndex) for each in of_indexes]
    assert any(kinds)
    assert kinds == sorted(kinds)
