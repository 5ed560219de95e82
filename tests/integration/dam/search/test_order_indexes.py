"""Bringing a library up to the indexes of its orders."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.models import AddIndex, RemoveIndex

BEFORE, INDEXES = ("dam", "0069_bulk_edits"), ("dam", "0070_orders_of_clips")
MADE = {"asset_by_name", "rights_end", "version_by_approval", "version_by_duration", "version_kind"}
GONE = {"version_approval", "version_duration"}
OF_SEEN = (("dam", "0121_brand_watermarks"), ("dam", "0122_asset_seen"), {"asset_seen"}, set[str]())
OF_REVIEWS = (
    ("provenance", "0054_watermarks_of_deleted_brand"),
    ("provenance", "0055_review_closed"),
    {"review_closed"},
    set[str](),
)
OF_TAKES = (
    ("generation", "0016_phases"),
    ("generation", "0017_latest_runs_apart"),
    {"job_latest_clips", "job_latest_pictures"},
    {"job_latest_runs"},
)
OF_EMBARGOES = (("dam", "0091_upload_sha256"), ("dam", "0092_embargoes"), {"rights_embargo_of"}, set[str]())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "indexes", "made", "gone"),
    [(BEFORE, INDEXES, MADE, GONE), OF_EMBARGOES, OF_SEEN, OF_REVIEWS, OF_TAKES],
    ids=["orders", "embargoes", "seen", "reviews", "takes"],
)
def test_building_the_indexes_is_done_beside_the_work_and_can_begin_again(
    before: tuple[str, str], indexes: tuple[str, str], made: set[str], gone: set[str]
) -> None:
    loader = MigrationLoader(connection)
    migration = loader.get_migration(*indexes)
    assert not migration.atomic
    assert not any(type(each) is AddIndex for each in migration.operations)  # writes would wait for it
    with connection.cursor() as cursor:  # as a server that went away while it was building leaves it
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false FROM pg_class"
            " WHERE pg_class.oid = indexrelid"
            " AND relname = ANY(ARRAY['rights_end', 'rights_embargo_of', 'asset_seen', 'review_closed',"
            " 'job_latest_clips'])"
        )
    with connection.schema_editor(atomic=False) as editor:
        migration.apply(loader.project_state([before]), editor)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE relname = ANY(%s)",
            [[*made, *gone]],
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(made, True)


def test_what_an_index_replaces_goes_when_it_is_there() -> None:
    operations = MigrationLoader(None).get_migration(*INDEXES).operations
    of_indexes = [each for each in operations if isinstance(each, AddIndex | RemoveIndex)]
    kinds = [isinstance(each, RemoveIndex) for each in of_indexes]
    assert any(kinds)
    assert kinds == sorted(kinds)
