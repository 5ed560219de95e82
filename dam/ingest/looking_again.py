"""Having the library looked at by the installed encoder: all of it after a change, and what was left out.

A change is worked off by a few chains of tasks, each of which looks at one version and sends the next: so new
clips and searches come between, and whoever dies takes one version along that the next pass finds.
"""

import logging
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet

from dam.catalog.models import Version
from dam.core import tasks
from dam.ingest import outages
from dam.ingest.models import Step, StepState
from dam.media.errors import FileRefused, MediaFailed
from dam.search import encoder_indexes, indexing, null_queries, prompt_catching_up, reindexing
from dam.search.encoders import model_card
from dam.search.encoders.model_card import NoEncoder
from dam.search.indexing import NothingSeen
from dam.search.models import EncoderIndex, IndexState
from dam.search.tagging import anew, suggested_tags

log = logging.getLogger(__name__)

CHAINS = 4  # versions that are looked at side by side, where there are as many workers
CHAIN_SECONDS = 900  # without a sign of life; then another is sent
AGAIN_SECONDS = 3600
MOST_AT_A_TIME = 100  # of what was left out, so that new clips need not wait behind it


class Outcome(StrEnum):
    LOOKED = "looked"
    FAILED = "failed"  # this version can't be looked at
    MORE = "more"  # nothing to do so far; the pass is not over
    COMPLETE = "complete"
    AWAY = "away"  # storage, say: later


def run() -> None:
    """Drop what is over, and send off what there is to do."""
    encoder_indexes.drop_retired()
    active = encoder_indexes.active()
    try:
        installed = model_card.current().identity
    except NoEncoder:
        return
    if active is None:
        return  # nothing has been looked at yet, by any encoder
    prompt_catching_up.begin()
    if active.identity == installed:
        _look_for_left_out(active)
        anew.begin()
        return
    for chain in range(CHAINS):
        if cache.add(_key(chain), 1, CHAIN_SECONDS):
            tasks.enqueue("index.reindex", unsent=partial(cache.delete, _key(chain)), chain=chain)


def go_on(chain: int) -> None:
    """One step of a chain, and the message for the next one."""
    cache.set(_key(chain), 1, CHAIN_SECONDS)
    try:
        outcome = step(one_index())
    except NoEncoder:
        outcome = Outcome.AWAY
    if outcome in (Outcome.AWAY, Outcome.COMPLETE) or not tasks.offer("index.reindex", chain=chain):
        cache.delete(_key(chain))


def one_index() -> EncoderIndex:
    """The index of the installed encoder. Loads it if it has seen nothing yet. Raises NoEncoder."""
    index = reindexing.to_build(model_card.current().identity)
    if index is None:
        encoder = indexing.installed()
        index = encoder_indexes.opened(encoder.identity, dimensions=encoder.dimensions)
        null_queries.prepare(encoder)
    return index


def step(index: EncoderIndex, *, switch: bool = True) -> Outcome:
    """Look at the next version; when there is none left, have searches `switch` to the index."""
    if index.state == IndexState.ACTIVE:
        return Outcome.COMPLETE
    found = reindexing.take(index, narrow=settled)
    if found.version_id is not None:
        return _look_at(found.version_id, index)
    if not found.complete:
        return Outcome.MORE
    reindexing.finish(index, switch=switch)
    return Outcome.COMPLETE


def at(version_id: UUID | str) -> None:
    """Look at this version, unless the installed encoder has."""
    index = encoder_indexes.find(model_card.current().identity)
    if index is not None:
        version = reindexing.behind(index).filter(pk=version_id).first()
        if version is not None:
            encoder = indexing.installed()
            indexing.embed(version, encoder=encoder)
            suggested_tags.suggest(version, encoder=encoder)


def settled(versions: QuerySet[Version]) -> QuerySet[Version]:
    """Without those whose own step has yet to look at them, or has found that it can't."""
    return versions.filter(
        ~Exists(Step.objects.filter(version=OuterRef("pk"), name="embed").exclude(state=StepState.DONE))
    )


def _look_at(version_id: UUID, index: EncoderIndex) -> Outcome:
    version = Version.objects.filter(pk=version_id).first()
    if version is None:
        return Outcome.LOOKED  # it is gone meanwhile
    try:
        indexing.embed(version, encoder=indexing.installed())
    except (NothingSeen, MediaFailed, FileRefused) as problem:
        log.info("The encoder can't look at version %s: %s", version_id, problem)
    except Exception as problem:
        away = outages.describe(problem, key=version.storage_key)
        if away is not None:
            log.warning("Looking at the library again waits: %s (%r)", away, problem)
            return Outcome.AWAY
        log.exception("The encoder failed at version %s.", version_id)
    else:
        reindexing.did(index)
        return Outcome.LOOKED
    reindexing.did(index, failed=True)
    return Outcome.FAILED


def _look_for_left_out(index: EncoderIndex) -> None:
    """A part of the library at a time: what was released since, or came out of the trash."""
    for _ in range(MOST_AT_A_TIME):
        found = reindexing.take(index, narrow=settled)
        if found.version_id is None:
            if found.complete and index.finished_at is None:
                reindexing.finish(index)
            return
        # One that was sent waits in the queue, and is not sent again each time this runs.
        key = f"look-again:{index.pk}:{found.version_id}"
        if cache.add(key, 1, AGAIN_SECONDS):
            unsent = partial(cache.delete, key)
            tasks.enqueue("index.look_again", unsent=unsent, version_id=str(found.version_id))


def _key(chain: int) -> str:
    return f"reindex-chain:{chain}"
