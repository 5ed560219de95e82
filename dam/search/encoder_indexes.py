"""The indexes of the encoders: which one is searched, and the table's partition for each."""

import logging
from datetime import timedelta
from pathlib import Path

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from dam.core import locks
from dam.search.encoders import model_card
from dam.search.encoders.model_card import EncoderCard, NoEncoder
from dam.search.models import EncoderIndex, IndexState
from dam.search.results import Anew

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=10)
LOCK = "encoder indexes"  # dam.core.locks: held by whoever changes which there are


def active() -> EncoderIndex | None:
    """The index that searches ask; None before anything has been indexed."""
    return EncoderIndex.objects.filter(state=IndexState.ACTIVE).first()


def find(identity: str) -> EncoderIndex | None:
    """The index of the encoder with this identity."""
    return EncoderIndex.objects.filter(identity=identity).first()


def serving() -> tuple[EncoderIndex | None, EncoderCard]:
    """The index that a search asks, if there is one yet, and its encoder.

    That is the active one, also while another is built, as long as its model can still be asked what words
    mean. Otherwise it is the installed encoder's, complete or not. Raises NoEncoder.
    """
    index = active()
    card = card_of(index) if index else None
    if card is not None:
        return index, card
    card = model_card.current()
    return find(card.identity), card


def anew() -> Anew | None:
    """How far the installed encoder has come while its index is built beside another one's."""
    index = EncoderIndex.objects.filter(state=IndexState.BUILDING, finished_at=None).last()
    if index is None or card_of(index) is None:
        return None
    before = active()
    return Anew(
        label=index.label,
        percent=min(99, 100 * index.done // max(1, index.total)),
        searched=before is None or card_of(before) is None,
    )


def card_of(index: EncoderIndex) -> EncoderCard | None:
    """The encoder of an index, where it is installed or still lies where it was."""
    try:
        card = model_card.current()
        if card.identity == index.identity:
            return card
    except NoEncoder:
        pass
    if not index.folder:
        return None
    try:
        card = model_card.read(Path(index.folder))
    except (NoEncoder, OSError):
        return None
    return card if card.identity == index.identity else None


def opened(identity: str, *, dimensions: int) -> EncoderIndex:
    """The index of the encoder with this identity, made where there is none: the first one is active at once,
    any other is built beside it (dam.search.reindexing)."""
    known = find(identity)
    if known is not None:
        return known
    with transaction.atomic():
        locks.hold(LOCK)
        first = active() is None
        known_of_it = {
            "dimensions": dimensions,
            "state": IndexState.ACTIVE if first else IndexState.BUILDING,
            "tags_at": timezone.now() if first else None,  # suggested as each version comes
            "prompts_at": timezone.now() if first else None,
            **_about(identity),
        }
        index, made = EncoderIndex.objects.get_or_create(identity=identity, defaults=known_of_it)
        if made:
            make_partition(index)
            draw_graph(index)
    return index


def activate(index: EncoderIndex) -> None:
    """Have searches ask this index from now on. What they asked so far may be dropped soon."""
    at = timezone.now()
    with transaction.atomic():
        locks.hold(LOCK)
        others = EncoderIndex.objects.filter(state=IndexState.ACTIVE).exclude(pk=index.pk)
        others.update(state=IndexState.RETIRED, finished_at=at)
        EncoderIndex.objects.filter(pk=index.pk).update(state=IndexState.ACTIVE, finished_at=at)


def drop_retired() -> list[str]:
    """Drop what no search asks any more, when the last one that did is long over; their names.

    Its partition goes in a moment. Where somebody holds on to the table just then, the next call does it.
    """
    dropped = []
    over = timezone.now() - GRACE
    for index in EncoderIndex.objects.filter(state=IndexState.RETIRED, finished_at__lt=over):
        try:
            with transaction.atomic():
                locks.hold(LOCK)
                _call("dam_drop_encoder_index", index)
                index.delete()
        except OperationalError:
            log.warning("The index of %s is in use and is dropped later.", index)
        else:
            dropped.append(index.identity)
    return dropped


def size(index: EncoderIndex) -> int:
    """How many embeddings it has, as PostgreSQL last counted them."""
    return _counted(f"public.dam_embedding_{index.pk}")


def in_graph(index: EncoderIndex) -> int:
    """How many of them its graph has; 0 where there is none."""
    return _counted(f"public.dam_embedding_{index.pk}_graph")


def _counted(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [name])
        row = cursor.fetchone()
    return max(0, row[0]) if row else 0


def make_partition(index: EncoderIndex) -> None:
    """Make room for the embeddings of this index. Harmless twice."""
    _call("dam_open_encoder_index", index)


def draw_graph(index: EncoderIndex) -> None:
    """Have the pooled embeddings found by a graph (HNSW), which each new one joins as it comes.

    At once for an empty partition. A full one can't be written to meanwhile. Harmless twice.
    """
    _call("dam_draw_encoder_index", index)


def _about(identity: str) -> dict[str, str]:
    """The name and place of an encoder, where it is the installed one."""
    try:
        card = model_card.current()
    except NoEncoder:
        return {}
    return {"label": card.label[:120], "folder": str(card.folder)} if card.identity == identity else {}


def _call(function: str, index: EncoderIndex) -> None:
    """Have the owner of the tables do it: this process may work with rows and no more (dam.core.roles)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [index.pk])
