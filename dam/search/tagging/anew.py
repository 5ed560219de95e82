"""Suggesting tags anew throughout the library, once searches ask another encoder than before.

A worker goes through the versions, newest first, a moment at a time: new clips and searches come between. How
far it has come stands in the row of the index, so it goes on where it was. What people accepted or dismissed
stays as it is (suggested_tags.suggest).
"""

import logging
import time
from collections.abc import Callable

from django.core.cache import cache
from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from dam.catalog.models import Version
from dam.core import tasks
from dam.search import encoder_indexes, indexing
from dam.search.models import EncoderIndex
from dam.search.tagging import suggested_tags

log = logging.getLogger(__name__)

SECONDS = 2.0  # of one turn: searches wait for the same worker
ALIVE_SECONDS = 900  # without a sign of life; then the task is sent again
_KEY = "suggest-anew"
WINDOW = 50  # versions read at once


def begin() -> None:
    """Send the task that does it, unless it is at work or nothing is due."""
    if _is_due(encoder_indexes.active()) and cache.add(_KEY, 1, ALIVE_SECONDS):
        tasks.enqueue("index.suggest_anew", unsent=over)


def alive() -> None:
    cache.set(_KEY, 1, ALIVE_SECONDS)


def over() -> None:
    cache.delete(_KEY)


def go_on(*, clock: Callable[[], float] = time.monotonic) -> bool:
    """Suggest for a while; whether there is more to do."""
    index = encoder_indexes.active()
    if index is None or not _is_due(index):
        return False
    encoder = indexing.known_as(index.identity)
    if encoder.identity != index.identity:
        return False  # its model is gone
    until = clock() + SECONDS
    row = EncoderIndex.objects.filter(pk=index.pk)
    versions = _next(index)
    for version in versions:
        try:
            suggested_tags.suggest(version, encoder=encoder)
        except OperationalError:
            raise
        except Exception:
            log.exception("No tags can be suggested for version %s.", version.pk)
        row.update(tags_reached_at=version.created_at, tags_reached_id=version.pk)
        if clock() >= until:
            return True
    if len(versions) == WINDOW:
        return True
    row.update(tags_at=timezone.now())
    return False


def _next(index: EncoderIndex) -> list[Version]:
    """The next latest versions, without what lies in the trash: that is looked at when it comes back."""
    versions = Version.objects.order_by("-created_at", "-pk")
    if index.tags_reached_at is not None:
        older = Q(created_at__lt=index.tags_reached_at) | Q(
            created_at=index.tags_reached_at, pk__lt=index.tags_reached_id
        )
        versions = versions.filter(older, created_at__lte=index.tags_reached_at)
    versions = versions.filter(latest_of__isnull=False, asset__trashed_at=None)
    return list(versions.select_related("brand")[:WINDOW])


def _is_due(index: EncoderIndex | None) -> bool:
    """Whether searches ask this index, it is complete, and its tags are still to be suggested."""
    return index is not None and index.finished_at is not None and index.tags_at is None
