"""The indexes of the encoders: which one is searched, and the table's partition for each."""

from django.db import connection, transaction

from dam.core import locks
from dam.search.models import EncoderIndex, IndexState

LOCK = "encoder indexes"  # dam.core.locks: held by whoever changes which there are


def active() -> EncoderIndex | None:
    """The index that searches ask; None before anything has been indexed."""
    return EncoderIndex.objects.filter(state=IndexState.ACTIVE).first()


def find(identity: str) -> EncoderIndex | None:
    """The index of the encoder with this identity."""
    return EncoderIndex.objects.filter(identity=identity).first()


def opened(identity: str, *, dimensions: int, label: str = "", folder: str = "") -> EncoderIndex:
    """The index of the encoder with this identity, made where there is none: the first one is active at once,
    any other is built beside it (dam.search.reindexing)."""
    known = find(identity)
    if known is not None:
        return known
    with transaction.atomic():
        locks.hold(LOCK)
        first = not EncoderIndex.objects.filter(state=IndexState.ACTIVE).exists()
        index, made = EncoderIndex.objects.get_or_create(
            identity=identity,
            defaults={
                "dimensions": dimensions,
                "label": label,
                "folder": folder,
                "state": IndexState.ACTIVE if first else IndexState.BUILDING,
            },
        )
        if made:
            make_partition(index)
            draw_graph(index)
    return index


def make_partition(index: EncoderIndex) -> None:
    """Make room for the embeddings of this index. Harmless twice."""
    _call("dam_open_encoder_index", index)


def draw_graph(index: EncoderIndex) -> None:
    """Have the pooled embeddings found by a graph (HNSW), which each new one joins as it comes.

    At once for an empty partition. A full one can't be written to meanwhile. Harmless twice.
    """
    _call("dam_draw_encoder_index", index)


def _call(function: str, index: EncoderIndex) -> None:
    """Have the owner of the tables do it: this process may work with rows and no more (dam.core.roles)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [index.pk])
