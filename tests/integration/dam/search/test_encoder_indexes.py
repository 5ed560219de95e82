"""The application's role, which may work with rows alone, gets partitions made and dropped for it."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction

from dam.embedded import postgres
from dam.search import encoder_indexes
from dam.search.models import Embedding, EncoderIndex, IndexState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_the_application(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {postgres.APPLICATION_USER}")
        yield
        cursor.execute("RESET ROLE")


def call(statement: str, *values: int | str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_first_index_is_searched_and_another_one_built_beside_it() -> None:
    first, second = (encoder_indexes.opened(f"model@{n}", dimensions=n + 1) for n in (1, 2))
    assert (first.state, second.state) == (IndexState.ACTIVE, IndexState.BUILDING)
    assert encoder_indexes.active() == first


def test_nothing_else_can_be_made_or_dropped() -> None:
    index = encoder_indexes.opened("model@1", dimensions=2)
    for statement, values in (
        ("SELECT dam_drop_encoder_index(%s)", (index.pk,)),  # it is in use
        ("SELECT dam_open_encoder_index(%s)", (9999,)),  # no row says that there is one
        (f"DROP TABLE dam_embedding_{index.pk}", ()),
        ("CREATE INDEX mine ON dam_embedding (scope)", ()),
    ):
        with pytest.raises(DatabaseError):
            call(statement, *values)


def test_a_retired_index_goes_with_its_embeddings() -> None:
    index = encoder_indexes.opened("model@1", dimensions=2)
    EncoderIndex.objects.filter(pk=index.pk).update(state=IndexState.RETIRED)
    call("SELECT dam_drop_encoder_index(%s)", index.pk)
    assert not Embedding.objects.filter(encoder=index).exists()
