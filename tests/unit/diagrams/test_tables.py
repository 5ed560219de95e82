"""Which tables and fields the picture of the data model shows."""

from tests.diagrams import tables

TABLES = {table.name: table for table in tables.read()}


def kinds(name: str) -> dict[str, str]:
    return {row.name: row.kind for row in TABLES[name].rows}


def test_a_table_belongs_to_the_package_of_its_model() -> None:
    assert TABLES["Version"].group == "dam.catalog"
    assert TABLES["GenerationJob"].group == "generation"


def test_a_foreign_key_names_its_table() -> None:
    assert kinds("Version")["asset"] == "→ Asset"


def test_a_foreign_key_that_may_be_empty_says_so() -> None:
    assert kinds("Event")["actor"] == "→ User?"


def test_one_to_one_and_many_to_many_are_told_apart() -> None:
    assert kinds("RightsRecord")["version"] == "→ Version (one)"
    assert kinds("Asset")["tags"] == "⇉ Tag"


def test_columns_have_plain_words_for_their_types() -> None:
    assert kinds("Event")["at"] == "time"
    assert kinds("Event")["sequence"] == "number"
    assert kinds("Embedding")["vector"] == "vector"


def test_relations_come_first_and_what_is_left_out_is_counted() -> None:
    job = TABLES["GenerationJob"]
    assert [bool(row.target) for row in job.rows] == sorted(
        [bool(row.target) for row in job.rows], reverse=True
    )
    assert len(job.rows) == tables.MOST_ROWS
    assert job.unshown > 0


def test_what_django_adds_by_itself_is_no_row() -> None:
    assert "id" not in kinds("Membership")
    assert "versions" not in kinds("Asset")
