"""Reading the prompts of versions that an encoder has no meaning of: after an update, or for another encoder.

A worker goes through the versions, newest first, a moment at a time: new clips and searches come between. How
far it has come stands in the row of the index, so it goes on where it was. Versions that come meanwhile are
read as they are indexed (indexing.embed).
"""

import logging
import time
from collections.abc import Callable

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from dam.catalog.models import Version
from dam.core import tasks
from dam.search import indexing, prompt_meanings
from dam.search.models import EncoderIndex, IndexState, PromptMeaning

log = logging.getLogger(__name__)

SECONDS = 2.0  # of one turn: searches wait for the same worker
ALIVE_SECONDS = 900  # without a sign of life; then the task is sent again
BATCH = 64
_KEY = "read-prompts"


def begin() -> None:
    """Send the task that does it, unless it is at work or nothing is due."""
    if _due() and cache.add(_KEY, 1, ALIVE_SECONDS):
        tasks.enqueue("index.read_prompts", unsent=over)


def alive() -> None:
    cache.set(_KEY, 1, ALIVE_SECONDS)


def over() -> None:
    cache.delete(_KEY)


def go_on(*, clock: Callable[[], float] = time.monotonic) -> bool:
    """Read prompts for a while; whether there is more to do."""
    until = clock() + SECONDS
    for index in _due():
        encoder = indexing.known_as(index.identity)
        if encoder.identity != index.identity:
            continue  # its model is gone
        while True:
            versions = _next(index)
            if not versions:
                EncoderIndex.objects.filter(pk=index.pk).update(prompts_at=timezone.now())
                break
            read = PromptMeaning.objects.filter(encoder=index, version__in=versions)
            known = set(read.values_list("version_id", flat=True))
            missing = [version for version in versions if version.pk not in known]
            prompt_meanings.write(missing, encoder=encoder, index=index)
            index.prompts_reached_at, index.prompts_reached_id = versions[-1].created_at, versions[-1].pk
            index.save(update_fields=["prompts_reached_at", "prompts_reached_id"])
            if clock() >= until:
                return True
    return False


def _due() -> list[EncoderIndex]:
    """The index that searches ask first, then one that is being built."""
    rows = EncoderIndex.objects.filter(prompts_at=None).exclude(state=IndexState.RETIRED)
    return list(rows.order_by("state"))


def _next(index: EncoderIndex) -> list[Version]:
    """The next versions with a prompt, whether they are shown or not: an earlier one may be again."""
    versions = Version.objects.exclude(prompt="").order_by("-created_at", "-pk")
    if index.prompts_reached_at is not None:
        older = Q(created_at__lt=index.prompts_reached_at) | Q(
            created_at=index.prompts_reached_at, pk__lt=index.prompts_reached_id
        )
        versions = versions.filter(older, created_at__lte=index.prompts_reached_at)
    return list(versions[:BATCH])
